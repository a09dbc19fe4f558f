"""What all request models share: both spellings of names, and problems with their paths."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema

from bot.errors import FieldProblem, InvalidError, nothing_changed
from bot.http.schemas.constraints import or_null
from bot.redaction import redact_json
from bot.suggestions import did_you_mean

Model = TypeVar("Model", bound=BaseModel)
#: Where it is not one field that is wrong.
_ALL = "(all)"
#: Maximum number of fields; no request has as many.
_MAX_FIELDS = 100
#: Maximum number of problems described, and of unknown names with a suggestion.
_MAX_PROBLEMS = 20
_MAX_GUESSES = 3
#: A longer name is no misspelt one, and is not repeated whole.
_MAX_NAME = 40
#: Callers speak JSON, not Python.
_IN_WORDS = {
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "string_type": "must be a text",
}

#: pydantic on lists: `List should have at least 1 item after validation, not 0`.
_LIST_LENGTH = re.compile(r"^\w+ should have (.+) after validation, not (.+)$")


class Sent(BaseModel):
    """A request body. `null` counts as left out; an unknown name is refused."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )
    #: Secrets in what is sent are masked at once, unless the model says who sees to them.
    is_redacted: ClassVar[bool] = True

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        if len(values) > _MAX_FIELDS and cls.model_config["extra"] == "forbid":
            raise ValueError(f"has {len(values):,} fields: give those that there are")
        known = _spellings(cls)
        return {
            name: value for name, value in values.items() if value is not None or name not in known
        }

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = handler.resolve_ref_schema(handler(schema))
        required = described.get("required", ())
        fields = described.get("properties", {})
        fields |= {name: or_null(one) for name, one in fields.items() if name not in required}
        return described


class Lenient(Sent):
    """Something an orchestrator sends: it may say more than we understand."""

    model_config = ConfigDict(extra="ignore")


class Shown(BaseModel):
    """Something we answer, spelled as the contract spells it."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class ShownInSnakeCase(Shown):
    """The same for the areas whose answers the contract spells so."""

    model_config = ConfigDict(alias_generator=None)


#: A moment in an answer: ISO 8601 with offset.
Timestamped = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


def bind(model: type[Model], values: Mapping[str, Any]) -> Model:
    """Return *values* as a *model*; raise `InvalidError` with the path of each wrong one."""
    told = redact_json(dict(values)) if getattr(model, "is_redacted", True) else dict(values)
    try:
        return model.model_validate(told)
    except ValidationError as error:
        problems = _describe_all(error, model)
        raise InvalidError(nothing_changed(problems, error.error_count()), problems) from error


def bind_all(model: type[Model], values: Sequence[Any], limit: int) -> list[Model]:
    """Return each of *values* as a *model*; every problem's path begins with its number."""
    if not 0 < len(values) <= limit:
        problem = FieldProblem(_ALL, f"send 1 to {limit:,} items; these are {len(values):,}")
        raise InvalidError(f"Nothing was changed: {problem.message}.", [problem])
    bound: list[Model] = []
    problems: list[FieldProblem] = []
    for number, value in enumerate(values):
        if len(problems) >= _MAX_PROBLEMS:
            break
        try:
            bound.append(bind(model, _as_object(value)))
        except InvalidError as error:
            problems += [
                FieldProblem(f"[{number}].{one.field}".removesuffix(f".{_ALL}"), one.message)
                for one in error.problems
            ]
    if problems:
        raise InvalidError(nothing_changed(problems, len(problems)), problems)
    return bound


def _as_object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise InvalidError("", [FieldProblem(_ALL, "must be an object")])


def _describe_all(error: ValidationError, model: type[BaseModel]) -> list[FieldProblem]:
    """Return what is wrong, field by field, as far as anybody reads on."""
    items = error.errors(include_input=False, include_url=False, include_context=False)
    unknown = [item["loc"] for item in items if item["type"] == "extra_forbidden"]
    guesses = {
        location: did_you_mean(str(location[-1]), known)
        for location in unknown[:_MAX_GUESSES]
        if len(str(location[-1])) <= _MAX_NAME and (known := _names_at(model, location[:-1]))
    }
    return [_describe_error(item, model, guesses) for item in items[:_MAX_PROBLEMS]]


def _names_at(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """Return the fields that stand at a place of the body: `schedule`, `files[0]`; may be none."""
    found: type[BaseModel] | None = model
    for part in location:
        if isinstance(part, str) and found is not None:
            fields = (
                field for name, field in found.model_fields.items() if part in (name, field.alias)
            )
            found = next((_model_in(field.annotation) for field in fields), None)
    return [] if found is None else names(found)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the only model in `Schedule | None` or `list[File]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = {one for one in map(_model_in, get_args(annotation)) if one is not None}
    return found.pop() if len(found) == 1 else None


def _describe_error(item: Any, model: type[BaseModel], guesses: Mapping[Any, str]) -> FieldProblem:
    path = _path_of(item["loc"])
    if item["type"] == "extra_forbidden":
        known = _names_at(model, item["loc"][:-1])
        return FieldProblem(path, _why_unknown(item["loc"], known, guesses))
    message = _IN_WORDS.get(item["type"]) or item["msg"].removeprefix("Value error, ")
    message = _LIST_LENGTH.sub(r"must have \1; it has \2", message)
    return FieldProblem(path or _ALL, f"{message[0].lower()}{message[1:]}")


def _path_of(location: Sequence[str | int]) -> str:
    """
    Return the path as written: `request.files[0].name`; names that are too long are truncated.
    """
    path = "".join(
        f"[{part}]" if isinstance(part, int) else f".{shortened(part)}" for part in location
    )
    return path.removeprefix(".")


def shortened(name: str) -> str:
    return name if len(name) <= _MAX_NAME else f"{name[:_MAX_NAME]}…"


def _why_unknown(location: Any, known: list[str], guesses: Mapping[Any, str]) -> str:
    """Say of a name that was left over whether it is another spelling of one that was given."""
    name = to_camel(str(location[-1])) if len(str(location[-1])) <= _MAX_NAME else ""
    if name in known:
        return f"is the same as `{name}`: give one of them"
    return f"unknown field{guesses.get(location, '')}"


@lru_cache
def _spellings(model: type[BaseModel]) -> frozenset[str]:
    """Return all names that *model* takes."""
    found = set(model.model_fields)
    for field in model.model_fields.values():
        also = field.validation_alias
        found |= {str(one) for one in getattr(also, "choices", (also or field.alias,))}
    return frozenset(found)


def names(model: type[BaseModel]) -> list[str]:
    """Return the fields of *model* as the contract spells them."""
    return [field.alias or name for name, field in model.model_fields.items()]
