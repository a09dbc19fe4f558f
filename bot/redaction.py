"""
Masks secrets in text from outside: the bot's own, and text that looks like a secret.

It is called where text enters (HTTP fields, tasks and their reports, log lines, errors of other
services), so that no other code needs to handle secrets, and once more where our log leaves.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote

MASK = "[secret]"
#: A shorter one would blot out ordinary words.
_SHORTEST_KNOWN = 8
#: So long a text is remembered with what became of it.
SHORT = 80

SLACK = re.compile(r"(?<![A-Za-z0-9])x(?:ox[a-z]|app)-[A-Za-z0-9-]{4,}")
# The second is one that was cut: its header begins so.
JWT = re.compile(
    r"(?<![A-Za-z0-9])eyJ[\w-]+(?:\.[\w-]+){2,4}|(?<![A-Za-z0-9])eyJ(?:hbGci|0eXAi|raWQi|jdHki|lbmMi)[\w-]*(?:\.[\w-]*){0,2}"
)
_AWS = re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----(?:.*?-----END [A-Z ]*-----|.*)", re.DOTALL
)
# One word without digits may be prose: "basic authentication".
_AUTHORIZATION = re.compile(
    r"(?:(?<=\b[Bb]earer )|(?<=\bBEARER )|(?<=\b[Bb]asic ))(?=[^\s\d]{0,200}[\d=])[\w.~+/=-]{8,}"
)
#: Each with what a text must contain before it is worth searching.
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("xox", SLACK),
    ("xapp-", SLACK),
    ("eyJ", JWT),
    ("hooks.slack", re.compile(r"(?<=hooks\.slack\.com/)[\w/-]{4,}")),
    ("://", re.compile(r"(?<=://)[^\s/@:]*:[^\s/]+(?=@)")),
    ("KIA", _AWS),
    ("SIA", _AWS),
    ("gh", re.compile(r"(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{20,}")),
    ("github_pat_", re.compile(r"(?<![A-Za-z0-9])github_pat_\w{20,}")),
    ("AIza", re.compile(r"(?<![A-Za-z0-9])AIza[\w-]{30,}")),
    ("ya29.", re.compile(r"(?<![A-Za-z0-9])ya29\.[\w-]{20,}")),
    ("glpat-", re.compile(r"(?<![A-Za-z0-9])glpat-[\w-]{16,}")),
    ("npm_", re.compile(r"(?<![A-Za-z0-9])npm_\w{30,}")),
    ("sk-", re.compile(r"(?<![A-Za-z0-9])sk-[\w-]{20,}")),
    ("k_live_", re.compile(r"(?<![A-Za-z0-9])[sr]k_live_\w{10,}")),
    ("k_test_", re.compile(r"(?<![A-Za-z0-9])[sr]k_test_\w{10,}")),
    ("whsec_", re.compile(r"(?<![A-Za-z0-9])whsec_[\w+/=-]{8,}")),
    ("-----BEGIN", _PRIVATE_KEY),
    ("earer ", _AUTHORIZATION),
    ("EARER ", _AUTHORIZATION),
    ("asic ", _AUTHORIZATION),
)
_KEY_END = re.compile(r"-----END [A-Z ]*PRIVATE KEY[A-Z ]*-----")
_KEY_LINE = re.compile(r"[A-Za-z0-9+/=]{4,}\s*")

#: What the name before a value must contain before it is worth reading.
_NAME_HINTS = ("pass", "pwd", "secret", "token", "key", "cred", "auth", "cookie", "signature")
_NAMED = re.compile(r"""(?<![\w.-])([A-Za-z_][\w.-]{0,80})\\*["']?\s{0,3}(?:=>|[:=])\s{0,3}""")
#: In quotes, in quotes with backslashes before them, or up to the next space.
_VALUE = re.compile(
    r""""(?P<a>(?:[^"\\\n]|\\.){1,300})" | '(?P<b>(?:[^'\\\n]|\\.){1,300})'
    | \\+["'](?P<c>[^\n]{1,300}?)\\+["'] | \\*["']?(?P<d>[^\s,;&"'<>()\[\]{}\\|]+)""",
    re.VERBOSE,
)
#: The same of a name that means a secret only if its value looks random.
_RANDOM_VALUE = re.compile(r"""\\*["']?(?P<r>[\w+/=-]{16,})""")
OPTION = re.compile(r"""(?<![\w-])--?([A-Za-z][\w-]{1,60})["']?,?\s{1,3}["']?(?!-)(?=\S)""")
_LONG_VALUE = 200
_NAME_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET_ENDS = (
    *("password", "passwd", "passphrase", "passcode", "secret", "token", "apikey", "accesskey"),
    *("credential", "credentials", "authorization", "cookie"),
)
NAMES = frozenset({"pass", "pwd", "key", "auth", "signature"})
#: These may be numbers.
_NUMBERED = ("password", "passwd", "passphrase", "passcode", "pass", "pwd")
#: Kinds of keys that are always secrets; any other `key` is one only if its value looks random.
_KEY_KINDS = frozenset(
    {"api", "access", "private", "secret", "signing", "encryption", "auth", "account", "shared"}
    | {"master", "ssh", "storage", "license", "service", "deploy", "client", "webhook", "hmac"}
    | {"fernet"}
)
#: `token_count`, `password_policy` and the like are about secrets, and none.
_ABOUT_SECRETS = frozenset(
    {"age", "at", "budget", "column", "columns", "count", "counts", "endpoint", "error", "errors"}
    | {"expiration", "expired", "expires", "expiry", "field", "fields", "file", "in", "length"}
    | {"limit", "max", "min", "missing", "name", "names", "path", "policy", "required", "size"}
    | {"state", "status", "ttl", "type", "types", "usage", "used", "valid", "version"}
)
#: Not a secret, whatever the name before it.
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]{0,11}%?")
_NOT_SECRET = re.compile(
    r"[$%{<*].*|\[secret\]?|\W*|(?:null|none|nil|true|false|yes|no|not|is|was|has|are|"
    r"the|a|an|for|of|in|on|to|and|or|with|must|should|could|cannot|can|may|be|been|expired|expires|"
    r"invalid|missing|wrong|incorrect|required|unknown|empty|unset|set|changed|rejected|refused|"
    r"denied|revoked|bad|ok|valid|string|str|bytes|text|bearer|basic|digest|error|failed|failure|"
    r"need|needs|given|found|unauthorized|forbidden|mismatch|authentication|rotated|updated|"
    # What programs say of /etc/passwd, and of themselves.
    r"permission|command|operation|line|cannot)[.!:]?",
    re.IGNORECASE,
)
RANDOM = re.compile(
    r"(?=[^\d\n]*\d)(?=[^a-z\n]*[a-z])(?=[^A-Z\n]*[A-Z])[\w+/=-]{16,}|[0-9a-f]{32,}"
)

_known: dict[str, None] = {}


def learn(secrets: Iterable[str]) -> None:
    """Mask these from now on, wherever they stand, also as an address or JSON spells them."""
    for secret in (one.strip() for one in secrets):
        if len(secret) >= _SHORTEST_KNOWN:
            escaped = secret.replace("\\", "\\\\").replace('"', '\\"')
            for spelled in (secret, quote(secret, safe=""), quote(secret), escaped):
                _known[spelled] = None
    for secret in sorted(_known, key=len, reverse=True):  # The longest first.
        _known[secret] = _known.pop(secret)
    _redacted_before.cache_clear()


def redact(text: str) -> str:
    """Return *text* with its secrets masked and the words around them as they are."""
    # Names, codes and channels come again and again.
    return _redacted_before(text) if len(text) <= SHORT else _redacted(text)


@lru_cache(maxsize=4_000)
def _redacted_before(text: str) -> str:
    return _redacted(text)


def _redacted(text: str) -> str:
    for secret in _known:
        if secret in text:
            text = text.replace(secret, MASK)
    for hint, shape in _SHAPES:
        if hint in text:
            text = shape.sub(MASK, text)
    if "-----END" in text:
        text = _without_key_end(text)
    if "=" in text or ":" in text or "--" in text or " -" in text:
        lower = text.lower()
        if any(hint in lower for hint in _NAME_HINTS):
            text = _without_named(_without_named(text, _NAMED), OPTION)
    return text


def redact_json(value: Any, name: str = "") -> Any:
    """Return a JSON value with the secrets in its texts masked; *name* is what it is called."""
    if isinstance(value, str):
        return MASK if name and _names_secret(name) and _is_secret(name, value) else redact(value)
    if isinstance(value, dict):
        return {
            redact(key) if isinstance(key, str) else key: redact_json(one, str(key))
            for key, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [redact_json(one, name) for one in value]
    if name and isinstance(value, int) and not isinstance(value, bool):
        return MASK if _is_secret(name, str(value)) else value
    return value


def known_secrets() -> list[str]:
    """Return what is masked wherever it stands."""
    return list(_known)


def _without_named(text: str, names: re.Pattern[str]) -> str:
    """Mask the values that follow the name of a secret."""
    parts: list[str] = []
    done = 0
    for found in names.finditer(text):
        if found.start() < done or not _names_secret(found[1]):
            continue
        pattern = _VALUE if _always_secret(_words(found[1])) else _RANDOM_VALUE
        value = pattern.match(text, found.end())
        if value is None:
            continue
        start, end = value.span(value.lastgroup or 0)
        if not _is_secret(found[1], text[start:end]):
            if (
                end - start > _LONG_VALUE
            ):  # Or each name in it would be looked at with all the rest.
                parts.append(text[done:end])
                done = end
            continue
        parts += [text[done:start], MASK]
        done = end
    return "".join([*parts, text[done:]]) if parts else text


def _without_key_end(text: str) -> str:
    """Mask the rest of a private key whose beginning is missing."""
    kept: list[str] = []
    first = 0  # of the lines just before that may belong to a key
    for line in text.splitlines(keepends=True):
        end = _KEY_END.match(line)
        if end is not None:
            kept[first:] = [MASK + line[end.end() :]]
        else:
            kept.append(line)
        if end is not None or not _KEY_LINE.fullmatch(line):
            first = len(kept)
    return "".join(kept)


def _is_secret(name: str, value: str) -> bool:
    """Tell whether the value of something called so is a secret."""
    if not _names_secret(name) or _NOT_SECRET.fullmatch(value):
        return False
    words = _words(name)
    if _PLAIN_NUMBER.fullmatch(value):
        return words[-1].endswith(_NUMBERED)
    if words[-1] == "pwd":
        return not value.startswith("/")
    return _always_secret(words) or RANDOM.fullmatch(value) is not None


def _always_secret(words: tuple[str, ...]) -> bool:
    """Tell whether what is called so is a secret even if it does not look random."""
    is_strong = words[-1] in ("pass", "pwd") or not _KEY_KINDS.isdisjoint(words)
    return is_strong or any(word.endswith(_SECRET_ENDS) for word in words)


@lru_cache(maxsize=1_000)
def _names_secret(name: str) -> bool:
    """Tell whether what is called so may be a secret."""
    lower = name.lower()
    if not any(hint in lower for hint in _NAME_HINTS):
        return False
    words = _words(name)
    if not words or words[-1] in _ABOUT_SECRETS:
        return False
    return any(word in NAMES or word.endswith(_SECRET_ENDS) for word in words)


@lru_cache(maxsize=1_000)
def _words(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _NAME_WORDS.findall(name))
