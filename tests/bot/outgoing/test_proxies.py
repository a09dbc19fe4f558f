"""Which proxy a call goes through, as curl reads the environment."""

import pytest

from bot.outgoing.proxies import Proxies, hide_from_sdk, proxy_problem

SLACK = "https://slack.com/api/"
PROXY = "http://proxy.example.com:3128"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (SLACK, PROXY),
        ("wss://wss-primary.slack.com/link", PROXY),
        ("HTTPS://slack.com/", PROXY),
        ("http://slack.com/", "http://plain.example.com:80"),
        ("ws://slack.com/", "http://plain.example.com:80"),
    ],
)
def test_the_scheme_decides(url, expected):
    """HTTPS_PROXY is for what is encrypted, HTTP_PROXY for what is not, sockets included."""
    assert Proxies(PROXY, "plain.example.com:80").for_url(url) == expected


@pytest.mark.parametrize("proxies", [Proxies(), Proxies(http=PROXY), Proxies(https="")])
def test_without_a_proxy_for_it_a_call_goes_straight(proxies):
    """HTTP_PROXY alone says nothing about what is encrypted."""
    assert proxies.for_url(SLACK) is None


@pytest.mark.parametrize(
    ("excepted", "host", "is_straight"),
    [
        ("slack.com", "slack.com", True),
        ("slack.com", "files.slack.com", True),
        (".slack.com", "files.slack.com", True),
        ("*.slack.com", "files.slack.com", True),
        ("SLACK.com", "Slack.COM", True),
        ("slack.com.", "slack.com", True),
        ("slack.com", "notslack.com", False),
        ("slack.com", "slack.com.evil.example", False),
        ("*", "slack.com", True),
        ("a.example, slack.com ,b.example", "slack.com", True),
        ("slack.com:443", "slack.com:443", True),
        ("slack.com:8443", "slack.com:443", False),
        ("127.0.0.1", "127.0.0.1:3900", True),
        ("127.0.0.0/8", "127.4.5.6", True),
        ("10.0.0.0/8", "127.0.0.1", False),
        ("::1", "[::1]:3900", True),
        ("[::1]:3900", "[::1]:3900", True),
        ("localhost", "127.0.0.1", False),
        ("", "slack.com", False),
        (" , ,", "slack.com", False),
        (".", "slack.com", False),
    ],
)
def test_no_proxy_excepts_hosts(excepted, host, is_straight):
    """Names with what is below them, addresses, nets, ports, or everything."""
    found = Proxies(PROXY, excepted=excepted).for_url(f"https://{host}/")

    assert (found is None) == is_straight


@pytest.mark.parametrize(
    ("proxy", "is_good"),
    [
        (PROXY, True),
        ("proxy:3128", True),
        ("http://ada:secret@proxy:3128/", True),
        ("https://proxy", True),
        ("socks5://proxy:1080", False),
        ("http://", False),
        ("http://proxy:99999", False),
        ("http://[proxy", False),
    ],
)
def test_what_is_no_proxy_is_said_without_its_secret(proxy, is_good):
    """The address may hold a password."""
    problem = proxy_problem(proxy)

    assert (problem is None) == is_good
    assert "secret" not in (problem or "")


def test_the_sdk_does_not_see_a_proxy_that_slack_is_excepted_from():
    """It knows no exceptions; whoever else looks finds the proxy under another name."""
    environ = {"HTTPS_PROXY": PROXY, "http_proxy": PROXY, "NO_PROXY": "127.0.0.1"}

    hide_from_sdk(environ, ["http://127.0.0.1:3900/api/"], Proxies(PROXY, PROXY, "127.0.0.1"))

    assert environ == {"ALL_PROXY": PROXY, "NO_PROXY": "127.0.0.1"}


def test_a_proxy_that_slack_is_called_through_stays():
    """It is handed to the SDK all the same."""
    environ = {"HTTPS_PROXY": PROXY}

    hide_from_sdk(environ, [SLACK], Proxies(PROXY))

    assert environ == {"HTTPS_PROXY": PROXY}


def test_a_proxy_is_not_shown():
    """It may hold a password."""
    assert "secret" not in repr(Proxies("http://ada:secret@proxy:3128"))
