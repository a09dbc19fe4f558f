"""What every request model shares: both spellings of names, and problems with paths."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from bot.config_file import nearest
from bot.errors import FieldProblem, InvalidError

M = TypeVar("M", bound=BaseModel)
#: Where it is not one field that is wrong.
ALL = "(all)"
#: Callers speak JSON, not Python.
IN_WORDS = {
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "string_type": "must be a text",
}


class Sent(BaseModel):
    """Something a caller sends. `null` says nothing; a name nobody knows is refused."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return {name: value for name, value in values.items() if value is not None}


class Lenient(Sent):
    """Something an orchestrator sends: it may say more than we understand."""

    model_config = ConfigDict(extra="ignore")


class Shown(BaseModel):
    """Something we answer, spelled as the contract spells it."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class ShownInSnakeCase(Shown):
    """The same for the areas whose answers the contract spells so."""

    model_config = ConfigDict(alias_generator=None)


def bind(model: type[M], values: Mapping[str, Any]) -> M:
    """Return *values* as a *model*; raise `InvalidError` with the path of each wrong one."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        problems = [describe(item, model) for item in error.errors(include_input=False)]
        raise InvalidError(f"Nothing was changed: {summary(problems)}", problems) from error


def bind_all(model: type[M], values: Sequence[Any], most: int) -> list[M]:
    """Return each of *values* as a *model*; every problem's path begins with its number."""
    if not 0 < len(values) <= most:
        problem = FieldProblem(ALL, f"send 1 to {most:,} items; these are {len(values):,}")
        raise InvalidError(f"Nothing was changed: {problem.message}.", [problem])
    bound: list[M] = []
    problems: list[FieldProblem] = []
    for number, value in enumerate(values):
        try:
            bound.append(bind(model, as_object(value)))
        except InvalidError as error:
            problems += [
                FieldProblem(f"[{number}].{one.field}".removesuffix(f".{ALL}"), one.message)
                for one in error.problems
            ]
    if problems:
        raise InvalidError(f"Nothing was changed: {summary(problems)}", problems)
    return bound


def as_object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise InvalidError("", [FieldProblem(ALL, "must be an object")])


def describe(item: Any, model: type[BaseModel]) -> FieldProblem:
    path = path_of(item["loc"])
    if item["type"] == "extra_forbidden":
        return FieldProblem(path, why_unknown(str(item["loc"][-1]), names(model)))
    message = IN_WORDS.get(item["type"]) or item["msg"].removeprefix("Value error, ")
    return FieldProblem(path or ALL, f"{message[0].lower()}{message[1:]}")


def path_of(location: Sequence[str | int]) -> str:
    """Return it as it is written: `request.files[0].name`."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.removeprefix(".")


def why_unknown(name: str, known: list[str]) -> str:
    """Say of a name that was left over whether it is another spelling of one that was given."""
    if to_camel(name) in known:
        return f"is the same as `{to_camel(name)}`: give one of them"
    return f"unknown field{nearest(name, known)}"


def names(model: type[BaseModel]) -> list[str]:
    """Return the fields of *model* as the contract spells them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def summary(problems: list[FieldProblem]) -> str:
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    end = "" if first.message.endswith("?") and not more else "."
    return f"`{first.field}`: {first.message}{more}{end}"
