import pytest

from bot.outgoing.public_resolver import is_own_name, is_public, leads_inside


@pytest.mark.parametrize(
    ("host", "is_own"),
    [("localhost", True), ("orchestrator", True), ("a.internal", True), ("example.com", False)],
)
def test_names_of_our_own_network_are_known(host, is_own):
    """A name without a dot, and the reserved ends."""
    assert is_own_name(host) == is_own


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.0.1", "192.88.99.1"),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "ff0e::1"),
        *("2001:db8::1", "3fff::1", "5f00::1", "100::1"),
        # IPv4 in IPv6: mapped, compatible, translated, NAT64, a network's own NAT64, 6to4, Teredo.
        *(
            "::ffff:10.0.0.1",
            "::ffff:a9fe:a9fe",
            "::7f00:1",
            "::ffff:0:7f00:1",
            "64:ff9b::a9fe:a9fe",
        ),
        *("64:ff9b:1::808:808", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:7f00:1::"),
    ],
)
def test_what_is_not_the_internet_is_private(address):
    """Addresses that lead inside are known, also those that a gateway translates to such."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_the_internet_is_public(address):
    """Public addresses stay public in whatever way IPv6 writes them."""
    assert is_public(address)


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        *(("localhost.", True), ("2130706433", True), ("0x7f000001", True), ("", True)),
        *(("127.0.0.1", True), ("::1", True), ("login.example.com", False), ("1.1.1.1", False)),
    ],
)
def test_a_host_that_leads_inside_is_seen_as_far_as_it_shows(host, inside):
    """Private addresses and own names, with figures in any notation that has no dot."""
    assert leads_inside(host) == inside
