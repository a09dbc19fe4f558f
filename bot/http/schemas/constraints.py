"""
Constraints that validate a value and describe it in the API documentation.

Each is used in an `Annotated` type, from which pydantic makes the validation and the JSON Schema.
"""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from bot.terminal_sequences import strip_sequences

#: What a schema says for people.
_ABOUT: tuple[str, ...] = ("title", "default", "description")
MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1


class _Described:
    """A constraint: `check` for values, `describe` for the JSON Schema."""

    def check(self, value: Any) -> Any:
        """Return the value, or raise `ValueError` saying what is right."""
        return value

    def describe(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return what the JSON Schema of the type says with this constraint."""
        return schema

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return self.describe(dict(handler(schema)))


@dataclass(frozen=True)
class Matching(_Described):
    """Text that matches *pattern* as a whole and is not in *excluded*."""

    pattern: str
    wanted: str
    excluded: tuple[str, ...] = ()

    def check(self, value: Any) -> Any:
        if value in self.excluded or not re.fullmatch(self.pattern, value):
            raise ValueError(self.wanted)
        return value

    def describe(self, schema: dict[str, Any]) -> dict[str, Any]:
        excluded = {"not": {"enum": [*self.excluded]}} if self.excluded else {}
        return {**schema, "pattern": f"^{self.pattern}$", **excluded}


@dataclass(frozen=True)
class NotBlank(_Described):
    """Text with visible characters; surrounding space is removed."""

    def check(self, value: Any) -> Any:
        if not value.strip():
            raise ValueError("must not be blank")
        return value.strip()

    def describe(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {**schema, "pattern": r"\S"}


@dataclass(frozen=True)
class OrInteger(_Described):
    """Text, or a whole number that is taken for it: dealers and users are often numbers."""

    def check(self, value: Any) -> Any:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            if not MIN_INTEGER <= value <= MAX_INTEGER:
                raise ValueError("must be a text, or a number of at most 64 bits")
            return str(value)
        return value

    def describe(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            **schema,
            "type": ["string", "integer"],
            "minimum": MIN_INTEGER,
            "maximum": MAX_INTEGER,
        }

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))


@dataclass(frozen=True)
class Seen(_Described):
    """Text without terminal sequences, which go before anything is counted."""

    def check(self, value: Any) -> Any:
        return strip_sequences(value) if isinstance(value, str) else value

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))


@dataclass(frozen=True)
class Whole(_Described):
    """A whole number; 1.0 is one in JSON."""

    minimum: int
    maximum: int

    def check(self, value: Any) -> Any:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("must be a whole number")  # noqa: TRY004 - pydantic wants this
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"must be from {self.minimum} to {self.maximum}")
        return value

    def describe(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {**schema, "type": "integer", "minimum": self.minimum, "maximum": self.maximum}

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))


@dataclass(frozen=True)
class Names(_Described):
    """Text whose meaning no pattern can say: which channels there are, for instance."""

    format: str

    def describe(self, schema: dict[str, Any]) -> dict[str, Any]:
        # The format stands for all that is asked of such a text, its length and letters too.
        return {"type": "string", "format": self.format, **_about(schema)}


def or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field that may be null as well: that says nothing."""
    kinds = schema.get("anyOf", [schema])
    if any(kind.get("type") == "null" for kind in kinds) or _takes_anything(schema):
        return schema
    about = _about(schema)
    if "anyOf" in schema:
        return {**schema, "anyOf": [*kinds, {"type": "null"}]}
    rest = {name: value for name, value in schema.items() if name not in about}
    return {"anyOf": [rest, {"type": "null"}], **about}


def or_empty(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field in a query: there it cannot be null, but empty."""
    about = _about(schema)
    rest = {name: value for name, value in schema.items() if name not in about}
    kinds = [kind for kind in rest.get("anyOf", [rest]) if kind.get("type") != "null"]
    return {"anyOf": [*kinds, {"const": ""}], **about}


def _about(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: schema[name] for name in _ABOUT if name in schema}


def _takes_anything(schema: dict[str, Any]) -> bool:
    return not {"type", "$ref", "enum", "const", "anyOf", "oneOf", "allOf"} & schema.keys()
