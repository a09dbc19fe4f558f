"""CloudEvents as they come, in both modes, and as they are written."""

import base64
import json
from datetime import UTC, datetime

import pytest

from bot.errors import InvalidError
from bot.event_bus.cloud_events import CloudEvent, read_cloud_event
from bot.http.errors import RefusedError

ATTRIBUTES = {"specversion": "1.0", "id": "1", "source": "/shop", "type": "opsbell.task.create"}
EVENT = CloudEvent(id="1", source="/shop", type="opsbell.task.create", data={"task": "import"})


@pytest.mark.parametrize(
    ("event", "headers"),
    [
        ({**ATTRIBUTES, "data": {"task": "import"}}, {}),
        (
            {**ATTRIBUTES, "data": {"task": "import"}, "traceparent": "00-1"},
            {"content-type": "application/cloudevents+json; charset=utf-8", "ce-id": "other"},
        ),
        ({**ATTRIBUTES, "data_base64": base64.b64encode(b'{"task":"import"}').decode()}, {}),
        ({"task": "import"}, {f"ce-{name}": value for name, value in ATTRIBUTES.items()}),
        (
            {"task": "import"},
            {"content-type": "application/json"}
            | {f"ce_{name}": value for name, value in ATTRIBUTES.items()},
        ),
        ({"task": "import"}, {f"cloudevents:{name}": it for name, it in ATTRIBUTES.items()}),
    ],
    ids=["structured", "typed", "base64", "binary", "kafka", "amqp"],
)
def test_an_event_is_the_same_in_each_mode(event, headers):
    """Structured in the body, or binary with attributes as headers."""
    assert read_cloud_event(json.dumps(event).encode(), headers) == EVENT


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": None}, "id"),
        ({"id": 7}, "id"),
        ({"source": " "}, "source"),
        ({"specversion": "0.3"}, "specversion"),
        ({"data": "text"}, "data"),
        ({"data": None, "data_base64": "!"}, "data"),
    ],
)
def test_what_is_no_event_is_named_by_its_attribute(change, field):
    """So that its sender can mend it."""
    event = {**ATTRIBUTES, "data": {}, **change}
    with pytest.raises(InvalidError) as refused:
        read_cloud_event(json.dumps(event).encode(), {})

    assert refused.value.problems[0].field == field


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b"\xff", {}, 400),
        (b"[" * 100_000, {}, 400),
        (b" " * (1024 * 1024 + 1), {}, 413),
        (b"<a/>", {"ce-specversion": "1.0", "content-type": "application/xml"}, 415),
    ],
)
def test_what_is_no_json_is_refused_as_over_http(body, headers, status):
    """With the status that the API would answer."""
    with pytest.raises(RefusedError) as refused:
        read_cloud_event(body, headers)

    assert refused.value.status == status


def test_a_batch_is_refused():
    """One message is one event."""
    with pytest.raises(InvalidError, match="batches"):
        read_cloud_event(b"[]", {"content-type": "application/cloudevents-batch+json"})


def test_base64_must_be_base64():
    """Else the field is named."""
    with pytest.raises(InvalidError, match="data_base64"):
        read_cloud_event(json.dumps({**ATTRIBUTES, "data_base64": "ü"}).encode(), {})


def test_an_event_names_one_thing_for_each_tenant():
    """The id that is made of it is always the same, and no other event's."""
    other = CloudEvent(id="2", source="/shop", type="", data={})
    moved = CloudEvent(id="1", source="/shop2", type="", data={})
    ids = [EVENT.own_id("default"), EVENT.own_id("cleo"), other.own_id("default")]

    assert len({*ids, moved.own_id("default")}) == 4
    assert ids[0] == EVENT.own_id("default")
    assert len(ids[0]) == len("t_") + 24


def test_it_is_written_in_structured_mode():
    """What is read is what was written; what is not known is left out."""
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)
    event = CloudEvent("1", "/opsbell", "opsbell.SlackMessageSent", {"ü": 1}, "m_1", at)
    written = json.loads(event.as_json())

    assert written == {
        **ATTRIBUTES,
        "source": "/opsbell",
        "type": "opsbell.SlackMessageSent",
        "subject": "m_1",
        "time": "2026-11-20T10:00:00+00:00",
        "datacontenttype": "application/json",
        "data": {"ü": 1},
    }
