"""Values given to the process: read from files, or quoted by mistake."""

from pathlib import Path

#: Marks that open and close a quotation, each family with those that word processors make of it.
_FAMILIES = ('"\u201c\u201d\u201e\u00ab\u00bb\uff02', "'\u2018\u2019\u201a\u2039\u203a\uff07", "`")

QUOTED = "stands in quotation marks: remove them (docker's --env-file, for one, keeps them)"


class _QuotedError(ValueError):
    """A value stands in quotation marks that its file was not meant to have."""


def is_quoted(value: str) -> bool:
    """
    Tell whether a value begins and ends with the same kind of quotation mark.

    Whether the marks belong to the value nobody can know, so such a value is refused, not stripped.
    """
    return len(value) > 1 and any(value[0] in marks and value[-1] in marks for marks in _FAMILIES)


def read_secret(path: Path) -> str:
    """
    Return what stands in the file, without the white space around it.

    Raises `OSError` or `UnicodeError` if it cannot be read, `_QuotedError` if it is quoted.
    """
    value = path.read_text(encoding="utf-8-sig").strip()
    if is_quoted(value):
        raise _QuotedError(QUOTED)
    return value


def why_unreadable(error: OSError | ValueError) -> str:
    """
    Say why a file cannot be read, without its path.

    If somebody entered the secret itself instead of a path, it must not appear in the logs.
    """
    if isinstance(error, _QuotedError):
        return f"what it holds {error}"
    return getattr(error, "strerror", None) or "it is empty or is not UTF-8 text"
