"""A workspace beside code that blocks."""

import socket
import threading

import pytest
from slack_playground import SyncPlayground


def test_a_workspace_that_cannot_start_leaves_nothing_behind() -> None:
    """A taken port is an error at once, and the thread ends."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        playground = SyncPlayground(port=taken.getsockname()[1])
        with pytest.raises(OSError, match="address already in use"):
            playground.__enter__()
    assert [one.name for one in threading.enumerate() if one.name == "slack-playground"] == []
