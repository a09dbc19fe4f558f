"""A port that stays one's own between two processes or servers that listen there."""

import socket


def hold_port() -> socket.socket:
    """
    Return a socket whose port nobody else is given; close it when that no longer matters.

    Whoever asks for just this port may listen on 127.0.0.1 all the same, as servers set
    SO_REUSEADDR. Until then connections are refused. A port that was free a moment ago could be
    given to another test meanwhile.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("", 0))
    return held


def number_of(held: socket.socket) -> int:
    """Return the number of the port that is held."""
    return int(held.getsockname()[1])
