"""Secrets, found by their names and their looks, masked in texts that leave the machine."""

from __future__ import annotations

import os
import re

MASK = "***"
MIN_KNOWN_CHARS = 8
OPEN, SECRET, PASSWORDS = range(3)

# Names whose values are secrets, whatever stands before: `DB_PASSWORD`, `x-api-key`, `authToken`.
_NAME = (
    r"(?:passw(?:or)?d|passphrase|secret|credential|token|signature|authorization"
    r"|(?:api|access|secret|private|auth|account|shared|master|encryption|signing|ssh|deploy"
    r"|license|webhook|admin|session)[._ -]?key|session[._-]?id|(?<![a-z])(?:pwd|pass|sig|jwt))"
    r"(?:[._-]?(?:hash|value|base64|\d{1,2}))?"
)
SECRET_NAME = re.compile(rf"(?:{_NAME}s?|cookie)\W*\Z", re.IGNORECASE)
PASSWORD = re.compile(r"pass|pwd", re.IGNORECASE)
VARIABLE = re.compile(
    r"(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|(?:API|ACCESS|PRIVATE|SECRET|SIGNING"
    r"|ENCRYPTION)_?KEY)S?\Z",
    re.IGNORECASE,
)

_QUOTED = (
    r'"(?:\\.|[^"\\\n])*"?'
    r"|'(?:\\.|[^'\\\n])*'?"
    r'|\\"(?:(?!\\")[^\n])*'
    r"|\\'(?:(?!\\')[^\n])*"
)
_WORD = (
    r"(?:[^\s,;&\"'<>(){}\[\]\\]|[,;](?![\s\"']|[\w.-]+[=:]|$)|[\"'<>(){}\[\]\\](?=[\w!@#$%^]))+"
)
PAIR = re.compile(
    rf"(?P<name>{_NAME})(?P<between>\\?[\"']?\]?\s{{0,3}}(?P<sign>=>|:=|={{1,3}}|:)\s{{0,3}}"
    rf"(?P<scheme>\\?[\"']?(?:bearer|basic|token|digest|negotiate)\s+)?)"
    rf"(?P<value>{_QUOTED}|{_WORD})",
    re.IGNORECASE,
)
OPTION = re.compile(
    rf"(?P<name>--[\w-]{{0,40}}?{_NAME})(?P<between>(?P<sign>\s+)(?P<scheme>))(?!-)"
    rf"(?P<value>{_QUOTED}|{_WORD})",
    re.IGNORECASE,
)
# What follows a name and is no secret: words of prose, names of variables, what is empty.
NOTHING = frozenset(("", "none", "null", "nil", "true", "false", "undefined", "empty"))
_WORDS = """
    missing invalid expired required incorrect wrong not is are was were must has have had cannot
    can too ok set unset the a an for and or of in to authentication authorization auth
    unauthorized denied rejected revoked mismatch unknown failed failure error unexpected expected
    changed updated accepted verified valid yes no bearer basic optional supplied provided given
    found here length
"""
PROSE = NOTHING.union(_WORDS.split())
PLACEHOLDER = re.compile(r"[$%<{][\w${}<>%().-]*|[*.…xX-]+|/[\w./-]*")

SHAPES = re.compile(
    r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
    r"|xox[a-z]-[\w-]{8,}|xapp-\d-[\w-]{8,}|A[KS]IA[0-9A-Z]{12,}|AIza[\w-]{30,}|ya29\.[\w-]{10,}"
    r"|GOCSPX-[\w-]{16,}|sk-[\w-]{16,}|[rs]k_(?:live|test)_\w{10,}|whsec_[\w+/=-]{10,}|npm_\w{30,}"
    r"|pypi-[\w-]{16,}|SG\.[\w-]{16,}\.[\w-]{16,}|hf_\w{20,}|do[opr]_v1_\w{32,}"
    r"|shp(?:at|ca|pa|ss)_\w{20,}|gl[cs]a?_\w{20,}|hv[bs]\.[\w-]{20,}|key-[0-9a-f]{32}"
    r"|SK[0-9a-f]{32}|dckr_pat_[\w-]{20,}|\d{8,10}:AA[\w-]{30,}|AGE-SECRET-KEY-1\w{20,}"
    r"|eyJ[\w-]{12,}(?:\.[\w-]*){0,4})"
)
# What is kept of these is in the first group.
KEPT = (
    re.compile(r"(://[^\s/:@?#\"'<>]*:)(?!\d{1,5}(?:[/?#\s\"']|$))(?:(?!://)[^\s\"'<>])+(?=@)"),
    re.compile(r"(://)(?=[^\s/:@?#]*\d)[^\s/:@?#\"'<>]{16,}(?=@)"),
    re.compile(r"(hooks\.slack(?:-gov)?\.com/\w+/)[\w/-]+"),
    re.compile(r"(discord(?:app)?\.com/api/webhooks/\d+/)[\w-]+"),
    re.compile(r"(webhook\.office\.com/webhookb2/)[^\s\"'<>]+"),
    re.compile(r"(\b(?:bearer|basic)\s+)(?=[^\s\"']*\d|[\w/+-]{24})[\w.~+/=-]{8,}", re.IGNORECASE),
    re.compile(
        r"(\b(?:set-)?cookie\\?[\"']?\s*:\s*\\?[\"']?)(?=[^\s=]+=)[^\"'\r\n]+", re.IGNORECASE
    ),
    re.compile(r"(\b(?:curl|wget)\b[^\n]{0,300}?\s(?:-u|--user)[= ]\s*[^\s:]+:)\S+"),
    re.compile(r"(\b(?:identified\s+by|password)\s+')[^'\n]+(?=')", re.IGNORECASE),
)

PEM_BLOCK = re.compile(
    r"(-----BEGIN [A-Z0-9 ]{1,60}-----)((?:(?!-----BEGIN )[\s\S]){1,20000}?)"
    r"(-----END [A-Z0-9 ]{1,60}-----)"
)
PEM_BEGINNING = re.compile(
    r"(-----BEGIN [A-Z0-9 ]{1,60}-----(?:\s|\\[rn])*)(?:[\w-]+: .*\n\s*)*"
    r"(?:[A-Za-z0-9+/=]{16,}(?:(?:\s|\\[rn])+|\Z))+(?:[A-Za-z0-9+/=]+\Z)?"
)
PEM_REST = re.compile(
    r"(?:\A[A-Za-z0-9+/=]{1,76}(?:\s|\\[rn])+)?(?:[A-Za-z0-9+/=]{40,}(?:\s|\\[rn])+)*"
    r"[A-Za-z0-9+/=]{1,76}(?=(?:\s|\\[rn])+-----END )"
)
PEM_LINE = re.compile(
    r"\s*(?:[A-Za-z0-9+/=]{1,100}|(?:Proc-Type|DEK-Info|Version|Comment): .*)\s*\Z"
)
PEM_RUN = re.compile(r"[A-Za-z0-9+/=]{40,}")
MAX_PEM_LINES = 400

_known: list[str] = []


class LineMasker:
    """Masks the lines of one task, in which a key may stand in several lines."""

    def __init__(self) -> None:
        self._left = 0

    def mask(self, line: str) -> str:
        """Return *line* without secrets, knowing the lines before it."""
        if not self._left:
            if "-----BEGIN " in line and "-----END " not in line:
                self._left = MAX_PEM_LINES
            return mask(line)
        self._left = 0 if "-----END " in line else self._left - 1
        return MASK if PEM_LINE.match(line) else mask(PEM_RUN.sub(MASK, line))


def mask(text: str) -> str:
    """
    Return *text* with its secrets masked and the words around them as they were.

    Found are values under the names of secrets, passwords in addresses, keys in
    PEM, tokens of known shapes, and the values of this process's own secret
    environment variables.
    """
    if "-----" in text:
        text = PEM_BLOCK.sub(_pem_block, text)
        text = PEM_REST.sub(MASK, PEM_BEGINNING.sub(rf"\1{MASK}", text))
    for secret in _known_secrets():
        text = text.replace(secret, MASK)
    for pattern in KEPT:
        text = pattern.sub(rf"\1{MASK}", text)
    return OPTION.sub(_pair, PAIR.sub(_pair, SHAPES.sub(MASK, text)))


def secrecy(name: object) -> int:
    """Return what is secret under *name*: nothing, all but numbers, or (passwords) everything."""
    if not isinstance(name, str) or SECRET_NAME.search(name[-200:]) is None:
        return OPEN
    return PASSWORDS if PASSWORD.search(name) else SECRET


def remember(secret: str) -> None:
    """Mask *secret* from now on, wherever it stands."""
    if len(secret) >= MIN_KNOWN_CHARS and secret not in _known_secrets():
        _known.append(secret)


def _known_secrets() -> list[str]:
    if not _known:
        _known.append(MASK)
        for name, value in list(os.environ.items()):
            if VARIABLE.search(name) and _is_distinct(value):
                _known.append(value)
        _known.sort(key=len, reverse=True)
    return _known


def _is_distinct(value: str) -> bool:
    """Whether *value* is no common word, path or number that stands in innocent texts too."""
    if len(value) < MIN_KNOWN_CHARS or value[0] in "/.~" or not value.strip("*"):
        return False
    return not (value.isalpha() and value.islower()) and not (value.isdigit() and len(value) < 12)


def _pem_block(block: re.Match[str]) -> str:
    body = block[2]
    between = "\n" if "\n" in body else "\\n" if "\\n" in body else " "
    return between.join((block[1], MASK, block[3]))


def _pair(pair: re.Match[str]) -> str:
    value, quote = pair["value"], ""
    if value[:1] == "\\":
        quote, value = value[:2], value[2:]
    elif value[:1] in "\"'":
        quote, value = value[:1], value[1:]
    end = quote if quote and value.endswith(quote) and len(quote) == 1 else ""
    inside = value[: len(value) - len(end)]
    if _is_secret(pair["name"], pair["sign"], quote, inside):
        return f"{pair['name']}{pair['between']}{quote}{MASK}{end}"
    return pair[0]


def _is_secret(name: str, sign: str, quote: str, value: str) -> bool:
    word, is_password = value.lower().rstrip(".!?"), PASSWORD.search(name) is not None
    # After a colon or a space there may be prose.
    is_value = bool(quote) or "=" in sign
    if word in (NOTHING if is_value else PROSE) or PLACEHOLDER.fullmatch(value):
        return False
    if value.replace(".", "").isdigit() and (not is_password or name.lower() == "pass"):
        return len(value) > 6 and not is_password
    return is_value or is_password or len(value) >= MIN_KNOWN_CHARS
