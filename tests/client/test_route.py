"""The way to the server through a proxy, and when there is none."""

import socket
import threading

import pytest
from opsbell.api import Api
from opsbell.route import Route
from opsbell.settings import Target

PROXY = {"http_proxy": "http://ada:p%40ss@proxy.example:3128", "https_proxy": "proxy.example:3129"}


def test_plain_requests_name_the_whole_address_to_the_proxy():
    """The proxy is told where to go and who asks."""
    route = Route("http://opsbell.example", PROXY)

    assert route.target_prefix == "http://opsbell.example"
    assert route.extra_headers == "Proxy-Authorization: Basic YWRhOnBAc3M=\r\n"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_loopback_never_goes_through_a_proxy(host):
    """A server on this machine is reached straight."""
    assert Route(f"http://{host}:8000", PROXY).target_prefix == ""


@pytest.mark.parametrize("exempt", ["opsbell.example", ".example", "*", "a, *.example"])
def test_exempt_hosts_are_reached_straight(exempt):
    """`no_proxy` knows hosts, domains and everything."""
    route = Route("http://opsbell.example", {**PROXY, "no_proxy": exempt})

    assert route.target_prefix == ""


def test_a_request_arrives_through_a_proxy(monkeypatch):
    """A proxy gets a request it can pass on, and its answer counts."""
    listener = socket.create_server(("127.0.0.1", 0))
    seen: list[bytes] = []

    def serve():
        channel, _ = listener.accept()
        with channel:
            seen.append(channel.recv(65536))
            channel.sendall(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{listener.getsockname()[1]}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    api = Api(Target("http://opsbell.example", "t", replays=True))
    answer = api.post("/api/tasks", {}, 5)
    thread.join()
    listener.close()

    assert answer.status == 204
    assert seen[0].startswith(b"POST http://opsbell.example/api/tasks HTTP/1.1\r\n")
