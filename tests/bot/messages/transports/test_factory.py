"""Which transport a lane gets is decided by its key."""

import pytest

from bot.errors import NoTransportError
from bot.messages.transports.factory import Opened, Transports
from bot.messages.transports.slack import SlackTransport


def maker(url):
    """Return a maker whose transports go to *url*, and what it has made so far."""
    made = {}

    async def make(key):
        made[key] = Opened(SlackTransport(url, "xoxb-ada"))
        return made[key]

    return make, made


async def test_the_longest_prefix_decides():
    """A kind of key of its own goes to its own maker, everything else to the common one."""
    transports = Transports()
    common, workspaces = maker("http://127.0.0.1:9/")
    special, destinations = maker("http://127.0.0.1:9/")
    transports.add("", common)
    transports.add("to:", special)

    opened = [await transports.open(key) for key in ("T0ADA", "to:oncall")]

    assert opened == [workspaces["T0ADA"], destinations["to:oncall"]]


async def test_a_key_that_nobody_knows_is_refused():
    """Without a maker for it there is no way out, and the reason is a code."""
    with pytest.raises(NoTransportError, match="nobody_delivers_there"):
        await Transports().open("to:oncall")


def test_two_makers_for_the_same_keys_are_an_error_of_ours():
    """The second would never be asked."""
    transports = Transports()
    transports.add("to:", maker("http://127.0.0.1:9/")[0])

    with pytest.raises(ValueError, match="already"):
        transports.add("to:", maker("http://127.0.0.1:9/")[0])
