"""Templates and schemas that would stop the bot stop a worker at most, and are told why."""

import asyncio
import json
import time

import pytest

from bot.errors import InvalidError, TemplateError, WorkerStoppedError
from bot.messages.templates.isolation import Isolation
from bot.messages.workers.pool import Workers
from bot.messages.workers.process import Limits
from tests.isolation import ISOLATION

CPU_SECONDS = 1
NESTED = 900


@pytest.fixture
def isolation():
    workers = Workers(Limits(memory_mb=256, cpu_seconds=CPU_SECONDS))
    yield Isolation(workers)
    workers.close()


def doubled(times):
    """Return a schema whose references double so many times."""
    both = [{"$ref": f"#/$defs/{number}"} for number in range(1, times + 1)]
    steps = {str(number): {"allOf": [one, one]} for number, one in enumerate(both)}
    return {"$ref": "#/$defs/0", "$defs": steps | {str(times): {"type": "object"}}}


def nested(times):
    """Return lists within one another."""
    value: list[object] = []
    for _ in range(times):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        (
            "{% if go %}{% set s = p %}{% set l = ["
            + "s, " * 9_000
            + ']%}{% endif %}{"text": "{{ l }}"}',
            {"go": 1, "p": "x" * 90_000},
        ),
        (
            "{% if go %}" + "{% set x = d in h %}" * 9_000 + '{% endif %}{"text": "x"}',
            {"go": 1, "d": "a" * 200_000 + "b", "h": "a" * 400_000},
        ),
    ],
)
async def test_a_template_that_takes_the_machine_takes_a_worker(isolation, body, payload):
    """It may look harmless until it has a payload; then it is told what it took."""
    with pytest.raises(WorkerStoppedError, match=r"took more than (1 s|256 MB) of"):
        await isolation.render("ada", body, payload)

    assert (await isolation.render("ada", '{"text": "{{ a }}"}', {"a": "hi"})).text == "hi"


async def test_a_template_that_cannot_be_tried_is_refused(isolation):
    """What takes too long when it is saved is not saved, with the reason at its field."""
    body = (
        "{% if go %}{% set s = '"
        + "x" * 90_000
        + "' %}{% set l = ["
        + "s, " * 9_000
        + ']%}{% endif %}{"text": "{{ l }}"}'
    )

    with pytest.raises(InvalidError) as refused:
        await isolation.require_storable("ada", body, None)

    assert [one.field for one in refused.value.problems] == ["body"]
    assert "it took more than" in str(refused.value)


@pytest.mark.parametrize(
    ("schema", "payload"),
    [
        (doubled(26), {}),
        ({"properties": {"a": {"pattern": "(?=a)b"}}}, {"a": "x"}),
        ({"properties": {"a": {"$ref": "#/$defs/none"}}}, {"a": "x"}),
    ],
)
async def test_what_cannot_be_validated_is_a_problem_of_the_payload(isolation, schema, payload):
    """A schema from before may take too long, or say what no longer can be said."""
    (problems,) = await isolation.payload_problems("ada", json.dumps(schema), [payload])

    assert [one.field for one in problems] == ["payload"]


@pytest.mark.parametrize(
    ("schema", "payload", "expected"),
    [
        ({"pattern": "^a*a*a*a*b$"}, "a" * 30_000, ["payload.a"]),
        ({"uniqueItems": True}, [{"k": [n]} for n in range(20_000)], []),
        ({"uniqueItems": True}, [{"k": n} for n in range(1_500)] * 2, ["payload.a"]),
        ({"multipleOf": 0.1}, 10**400, []),
        ({"multipleOf": 0.1}, 0.35, ["payload.a"]),
        ({"type": "array", "items": {"$ref": "#/properties/a"}}, nested(NESTED), None),
    ],
)
async def test_what_took_long_or_failed_is_worked_out(isolation, schema, payload, expected):
    """Patterns, unique items and multiples take linear time and numbers of every size."""
    whole = json.dumps({"properties": {"a": schema}})
    (problems,) = await isolation.payload_problems("ada", whole, [{"a": payload}])

    if expected is not None:
        assert [one.field for one in problems] == expected


async def test_the_event_loop_goes_on_meanwhile(isolation):
    """Nothing of it is done where clicks are answered."""
    slow = asyncio.ensure_future(isolation.payload_problems("ada", json.dumps(doubled(26)), [{}]))
    longest = 0.0
    while not slow.done():
        began = time.thread_time()
        await asyncio.sleep(0.005)
        longest = max(longest, time.thread_time() - began)

    assert longest < CPU_SECONDS / 4


async def test_answers_come_back_as_they_were():
    """Problems, refusals and messages are the same as without a process between."""
    schema = {"properties": {"n": {"type": "integer"}}}
    fits, not_so = await ISOLATION.payload_problems(
        "ada", json.dumps(schema), [{"n": 1}, {"n": ""}]
    )
    rendered = await ISOLATION.render("ada", '{"text": "{{ a }}"}', {"a": "\ud800é<&" * 2_000})
    with pytest.raises(TemplateError) as refused:
        await ISOLATION.render("ada", "{", {})

    assert (fits, [one.field for one in not_so]) == ([], ["payload.n"])
    assert rendered.text.startswith("é&lt;&amp;é")
    assert rendered.overflow == "é<&" * 2_000
    assert str(refused.value).startswith("not JSON once rendered")
