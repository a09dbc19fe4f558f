"""One call: answered, given up on in time, or tried once more on a fresh connection."""

import pytest
from opsbell.api import Api
from opsbell.settings import Target

from tests.patience import within

from .server import TOKEN


@pytest.fixture
def api(server):
    api = Api(Target(server.url, TOKEN, replays=True))
    yield api
    api.close()


@pytest.mark.parametrize("mood", ["hang", "trickle"])
def test_a_call_ends_in_time_however_the_server_drags(api, server, mood):
    """The limit is for the whole exchange, so a byte now and then does not prolong it."""
    server.mood = mood

    def ask():
        with pytest.raises(OSError, match="time"):
            api.post("/api/tasks", {}, 0.5)

    within(1.5, ask)


def test_a_connection_is_kept_for_the_next_call(api, server):
    """Several calls share a connection, also after an error answer."""
    server.mood = 404
    assert api.post("/api/tasks", {}, 5).is_refused
    server.mood = "ok"
    assert api.post("/api/tasks", {}, 5).is_delivered

    assert server.connections == 1


def test_garbage_is_no_answer(api, server):
    """A server that does not speak HTTP counts as absent."""
    server.mood = "garbage"

    with pytest.raises(OSError, match="does not speak"):
        api.post("/api/tasks", {}, 5)


@pytest.mark.parametrize("status", [401, 403, 408, 425, 429, 500, 502, 503])
def test_what_may_pass_is_not_a_refusal(api, server, status):
    """A wrong token, a full or a failing server can be put right; the news are kept."""
    server.mood = status

    answer = api.post("/api/tasks", {}, 5)

    assert (answer.is_delivered, answer.is_refused) == (False, False)


@pytest.mark.parametrize("in_chunks", [False, True])
def test_an_asked_answer_comes_whole(api, server, in_chunks):
    """A body with a length or in chunks is read to its end."""
    server.answers["/api/tasks"] = {"tasks": ["x" * 300_000]}
    server.in_chunks = in_chunks

    answer = api.ask("GET", "/api/tasks?limit=50", None, 5)

    assert answer.json() == {"tasks": ["x" * 300_000]}
    assert server.calls[-1].path == "/api/tasks?limit=50"


def test_a_body_that_is_no_json_is_none(api, server):
    """What a proxy says in HTML is not taken for an answer."""
    server.answers["/api/tasks"] = "<html>"

    assert api.ask("GET", "/api/tasks", None, 5).json() is None
