"""The size of a JSON value without writing it down."""

import json


def json_bytes(value: object) -> int:
    """
    Count the bytes of a value as compact JSON in UTF-8.

    Works on any depth of nesting and with lone surrogates, where
    `json.dumps` and `str.encode` raise.
    """
    total = 0
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            # Brackets, a colon a field, a comma between fields.
            total += 2 + len(inner) + max(len(inner) - 1, 0)
            waiting.extend(inner)
            waiting.extend(inner.values())
        elif isinstance(inner, list):
            total += 2 + max(len(inner) - 1, 0)
            waiting.extend(inner)
        else:
            total += _scalar_bytes(inner)
    return total


def _scalar_bytes(value: object) -> int:
    if isinstance(value, str):
        written = json.dumps(value, ensure_ascii=False)
        return len(written.encode("utf-8", errors="surrogatepass"))
    if isinstance(value, int) and value.bit_length() > 1024:
        # Python refuses to print integers this long; three bits make a digit, or less.
        return value.bit_length() // 3
    return len(json.dumps(value))
