"""Constraints check what they describe."""

from typing import Annotated, Any

import jsonschema
import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.http.schemas.base import Sent
from bot.http.schemas.constraints import Matching, NotBlank, OrInteger, Whole, or_empty, or_null
from bot.http.schemas.fields import (
    AttemptNumber,
    CorrelationId,
    Name,
    NewTaskId,
    Percent,
    SentStatus,
    Timestamp,
    Url,
)
from bot.http.schemas.message_fields import Code, Person, Priority, QueueName

KINDS: dict[str, Any] = {
    "text": Annotated[str, Matching("[a-z]{1,3}", "must be letters", ("no",))],
    "seen": Annotated[str, NotBlank()],
    "name": Name,
    "task id": NewTaskId,
    "correlation id": CorrelationId,
    "attempt": AttemptNumber,
    "percent": Percent,
    "status": SentStatus,
    "ts": Timestamp,
    "url": Url,
    "code": Code,
    "person": Person,
    "priority": Priority,
    "queue": QueueName,
    "number or text": Annotated[str, OrInteger()],
    "whole": Annotated[int, Whole(1, 5)],
}
VALUES = [
    *("a", "no", "abcd", "", " ", " a ", "a b", "a`b", ".", "..", "é", "U0BEN00002"),
    *("17", "1.2", "1700000000.000100", "https://a.example", "http://", "ftp://a", "mailto:a@b"),
    *("HIGH", "high", "email", "running", "in_progress", "report.csv", "a/b", "x" * 201),
    *(0, 1, 5, 6, 100, 101, 1.0, 1.5, -1, 10**9, 10**9 + 1, 2**63, 1e300),
    *(True, False, None, [], {}, [1], {"a": 1}),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_is_taken_if_the_description_says_so(kind, value):
    """Whatever the value: the JSON Schema and the validation say the same of it."""
    adapter: TypeAdapter[Any] = TypeAdapter(KINDS[kind])
    schema = adapter.json_schema()
    described = jsonschema.Draft202012Validator(schema).is_valid(value)
    try:
        adapter.validate_python(value)
        taken = True
    except ValidationError:
        taken = False

    assert taken == described, schema


def test_optional_fields_may_be_null():
    """Null says nothing, and the description says that it may be said."""

    class Thing(Sent):
        needed: Name
        number: int = 3
        text: str | None = None

    described = Thing.model_json_schema()
    validator = jsonschema.Draft202012Validator(described)

    assert validator.is_valid({"needed": "a", "number": None, "text": None})
    assert not validator.is_valid({"needed": None})
    assert Thing.model_validate({"needed": "a", "number": None}).number == 3


def test_an_unknown_name_is_refused_also_with_nothing_to_say():
    """Null may stand for a field that there is, in either spelling, and for no other."""

    class Thing(Sent):
        some_number: int = 3

    assert Thing.model_validate({"some_number": None, "someNumber": None}).some_number == 3
    with pytest.raises(ValidationError):
        Thing.model_validate({"other": None})


def test_what_is_optional_in_a_query_may_be_empty_but_not_null():
    """There is no null in an address."""
    schema = or_empty({"anyOf": [{"type": "integer"}, {"type": "null"}], "description": "x"})

    assert schema == {"anyOf": [{"type": "integer"}, {"const": ""}], "description": "x"}
    assert or_null({}) == {}
    assert or_null({"type": "null"}) == {"type": "null"}


def test_a_model_is_described_once():
    """A field with a model of its own keeps the reference."""

    class Inner(BaseModel):
        a: int

    class Outer(Sent):
        inner: Inner | None = None
        other: Inner = Inner(a=1)

    properties = Outer.model_json_schema()["properties"]
    assert properties["other"]["anyOf"] == [{"$ref": "#/$defs/Inner"}, {"type": "null"}]
