"""Patterns of kinds of tasks, such as `nightly-*`. Pure."""

from bot.errors import FieldProblem, InvalidError

MAX_CHARACTERS = 200


def check_pattern(text: str) -> str:
    """Return the pattern as it is stored; raise `InvalidError` for one that cannot be shown."""
    pattern = text.strip()
    fix = None
    if not pattern:
        fix = "give a kind of task, such as nightly-import or nightly-*"
    elif len(pattern) > MAX_CHARACTERS:
        fix = f"give at most {MAX_CHARACTERS} characters; `*` stands for any number of them"
    elif "`" in pattern or not pattern.isprintable():
        fix = "write `*` for characters that cannot be shown in a command"
    if fix:
        raise InvalidError(f"Invalid pattern: {fix}.", [FieldProblem("pattern", fix)])
    while "**" in pattern:
        pattern = pattern.replace("**", "*")
    return pattern


def fits_pattern(pattern: str, kind: str) -> bool:
    """
    Tell whether *kind* is meant; `*` stands for any characters, perhaps none.

    Takes time in proportion to both, whatever the pattern: nobody can make a task's end slow.
    """
    first, *others = pattern.split("*")
    if not others:
        return kind == pattern
    *middle, last = others
    if len(kind) < len(first) + len(last) or not kind.startswith(first):
        return False
    if not kind.endswith(last):
        return False
    at, end = len(first), len(kind) - len(last)
    for part in middle:
        found = kind.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
