"""Splits a long text into the parts of a thread. Pure."""

#: What Slack shows of one preformatted text without trouble.
PART_CHARACTERS = 3_000
MAX_PARTS = 8


def in_parts(error: str) -> list[str]:
    """
    Return a long text as the parts of a thread, split at line ends where possible.

    Of more than 24,000 characters the beginning and the end are kept, with a note about the missing
    middle.
    """
    limit = PART_CHARACTERS * MAX_PARTS
    if len(error) > limit:
        missing = len(error) - limit
        error = (
            f"{error[: limit // 2]}\n… {missing:,} characters left out …\n{error[-limit // 2 :]}"
        )
    parts: list[str] = []
    while len(error) > PART_CHARACTERS:
        end = error.rfind("\n", PART_CHARACTERS // 2, PART_CHARACTERS) + 1 or PART_CHARACTERS
        parts.append(error[:end])
        error = error[end:]
    return [*parts, error]
