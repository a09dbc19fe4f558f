"""Secrets, found by their names and their looks, masked in texts that leave the machine."""

from __future__ import annotations

import os
import re

MASK = "***"
MIN_KNOWN_CHARS = 8
OPEN, SECRET, PASSWORDS = range(3)

# The patterns are texts that `re` compiles on first use: most runs need few of them, and the
# command waits for none.
# Names whose values are secrets, whatever stands before: `DB_PASSWORD`, `x-api-key`, `authToken`.
_NAME = (
    r"(?:passw(?:or)?d|passphrase|secret|credential|token|signature|authorization"
    r"|(?:api|access|secret|private|auth|account|shared|master|encryption|signing|ssh|deploy"
    r"|license|webhook|admin|session)[._ -]?key|session[._-]?id|(?<![a-z])(?:pwd|pass|sig|jwt))"
    r"(?:[._-]?(?:hash|value|base64|\d{1,2}))?"
)
SECRET_NAME = rf"(?i)(?:{_NAME}s?|cookie)\W*\Z"
HINTS = ("pass", "pwd", "secret", "credential", "token", "sig", "auth", "key", "session", "jwt")
VARIABLE = (
    r"(?i)"
    r"(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|(?:API|ACCESS|PRIVATE|SECRET|SIGNING"
    r"|ENCRYPTION)_?KEY)S?\Z"
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
PAIR = (
    r"(?i)"
    rf"(?P<name>{_NAME})(?P<between>\\?[\"']?\]?\s{{0,3}}(?P<sign>=>|:=|={{1,3}}|:)\s{{0,3}}"
    rf"(?P<scheme>\\?[\"']?(?:bearer|basic|token|digest|negotiate)\s+)?)"
    rf"(?P<value>{_QUOTED}|{_WORD})"
)
OPTION = (
    r"(?i)"
    rf"(?P<name>--[\w-]{{0,40}}?{_NAME})(?P<between>(?P<sign>\s+)(?P<scheme>))(?!-)"
    rf"(?P<value>{_QUOTED}|{_WORD})"
)
# What follows a name and is no secret: words of prose, names of variables, what is empty.
NOTHING = frozenset(("", "none", "null", "nil", "true", "false", "undefined", "empty"))
_WORDS = """
    missing invalid expired required incorrect wrong not is are was were must has have had cannot
    can too ok set unset the a an for and or of in to authentication authorization auth
    unauthorized denied rejected revoked mismatch unknown failed failure error unexpected expected
    changed updated accepted verified valid yes no bearer basic optional supplied provided given
    found here length permission command operation line
"""
PROSE = NOTHING.union(_WORDS.split())
PLACEHOLDER = r"[$%<{][\w${}<>%().-]*|[*.…xX-]{3,}|\*+|/[\w./-]*|-----BEGIN"

SHAPES = (
    r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
    r"|xox[a-z]-[\w-]{8,}|xapp-\d-[\w-]{8,}|A[KS]IA[0-9A-Z]{12,}|AIza[\w-]{30,}|ya29\.[\w-]{10,}"
    r"|GOCSPX-[\w-]{16,}|sk-[\w-]{16,}|[rs]k_(?:live|test)_\w{10,}|whsec_[\w+/=-]{10,}|npm_\w{30,}"
    r"|pypi-[\w-]{16,}|SG\.[\w-]{16,}\.[\w-]{16,}|hf_\w{20,}|do[opr]_v1_\w{32,}"
    r"|shp(?:at|ca|pa|ss)_\w{20,}|gl[cs]a?_\w{20,}|hv[bs]\.[\w-]{20,}|key-[0-9a-f]{32}"
    r"|SK[0-9a-f]{32}|dckr_pat_[\w-]{20,}|\d{8,10}:AA[\w-]{30,}|AGE-SECRET-KEY-1\w{20,}"
    r"|eyJ[\w-]{12,}(?:\.[\w-]*){0,4})"
)
MIN_SHAPE_CHARS = 15
# Where there is the word (in small letters), what is kept of the pattern is in its first group.
KEPT = (
    ("://", r"(://[^\s/:@?#\"'<>]*:)(?!\d{1,5}(?:[/?#\s\"']|$))(?:(?!://)[^\s\"'<>])+(?=@)"),
    ("://", r"(://)(?=[^\s/:@?#]*\d)[^\s/:@?#\"'<>]{16,}(?=@)"),
    ("hooks.slack", r"(hooks\.slack(?:-gov)?\.com/\w+/)[\w/-]+"),
    ("/api/webhooks/", r"(discord(?:app)?\.com/api/webhooks/\d+/)[\w-]+"),
    ("/webhookb2/", r"(webhook\.office\.com/webhookb2/)[^\s\"'<>]+"),
    ("bearer", r"(?i)(\bbearer\s+)(?=[^\s\"']*\d|[\w/+-]{24})[\w.~+/=-]{8,}"),
    ("basic", r"(?i)(\bbasic\s+)(?=[^\s\"']*\d|[\w/+-]{24})[\w.~+/=-]{8,}"),
    ("cookie", r"(?i)(\b(?:set-)?cookie\\?[\"']?\s*:\s*\\?[\"']?)(?=[^\s=]+=)[^\"'\r\n]+"),
    ("curl", r"(\bcurl\b[^\n]{0,300}?\s(?:-u|--user)[= ]\s*[^\s:]+:)\S+"),
    ("identified", r"(?i)(\bidentified\s+by\s+')[^'\n]+(?=')"),
    ("password", r"(?i)(\bpassword\s+')[^'\n]+(?=')"),
    (
        "</",
        r"(?i)(<[\w:.-]{0,40}(?:password|passwd|secret|token|(?:api|access|secret)[_-]?key)(?:\s[^<>]{0,200})?>)[^<>]+(?=</)",
    ),
)

PEM_BLOCK = (
    r"(-----BEGIN [A-Z0-9 ]{1,60}-----)((?:(?!-----BEGIN )[\s\S]){1,20000}?)"
    r"(-----END [A-Z0-9 ]{1,60}-----)"
)
PEM_BEGINNING = (
    r"(-----BEGIN [A-Z0-9 ]{1,60}-----(?:\s|\\[rn])*)(?:[\w-]+: .*\n\s*)*"
    r"(?:[A-Za-z0-9+/=]{16,}(?:(?:\s|\\[rn])+|\Z))+(?:[A-Za-z0-9+/=]+\Z)?"
)
PEM_REST = (
    r"(?:\A[A-Za-z0-9+/=]{1,76}(?:\s|\\[rn])+)?(?:[A-Za-z0-9+/=]{40,}(?:\s|\\[rn])+)*"
    r"[A-Za-z0-9+/=]{1,76}(?=(?:\s|\\[rn])+-----END )"
)
PEM_LINE = r"\s*(?:[A-Za-z0-9+/=]{1,100}|(?:Proc-Type|DEK-Info|Version|Comment): .*)\s*\Z"
PEM_RUN = r"[A-Za-z0-9+/=]{40,}"
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
        return MASK if re.match(PEM_LINE, line) else mask(re.sub(PEM_RUN, MASK, line))


def mask(text: str) -> str:
    """
    Return *text* with its secrets masked and the words around them as they were.

    Found are values under the names of secrets, passwords in addresses, keys in
    PEM, tokens of known shapes, and the values of this process's own secret
    environment variables.
    """
    if "-----" in text:
        text = re.sub(PEM_BLOCK, _pem_block, text)
        text = re.sub(PEM_REST, MASK, re.sub(PEM_BEGINNING, _kept, text))
    for secret in _known_secrets():
        text = text.replace(secret, MASK)
    lowered = text.lower()
    for word, pattern in KEPT:
        if word in lowered:
            text = re.sub(pattern, _kept, text)
    if len(text) >= MIN_SHAPE_CHARS:
        text = re.sub(SHAPES, MASK, text)
    if not any(word in lowered for word in HINTS):
        return text
    text = re.sub(PAIR, _pair, text)
    return re.sub(OPTION, _pair, text) if "--" in text else text


def secrecy(name: object) -> int:
    """Return what is secret under *name*: nothing, all but numbers, or (passwords) everything."""
    if not isinstance(name, str) or re.search(SECRET_NAME, name[-200:]) is None:
        return OPEN
    return PASSWORDS if _is_password(name) else SECRET


def remember(secret: str) -> None:
    """Mask *secret* from now on, wherever it stands."""
    if len(secret) >= MIN_KNOWN_CHARS and secret not in _known_secrets():
        _known.append(secret)


def _known_secrets() -> list[str]:
    if not _known:
        _known.append(MASK)
        for name, value in list(os.environ.items()):
            if re.search(VARIABLE, name) and _is_distinct(value):
                _known.append(value)
        _known.sort(key=len, reverse=True)
    return _known


def _is_distinct(value: str) -> bool:
    """Whether *value* is no common word, path or number that stands in innocent texts too."""
    if len(value) < MIN_KNOWN_CHARS or value[0] in "/.~" or not value.strip("*"):
        return False
    return not (value.isalpha() and value.islower()) and not (value.isdigit() and len(value) < 12)


def _kept(match: re.Match[str]) -> str:
    return match[1] + MASK


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
    if _is_secret(pair, quote, inside):
        return f"{pair['name']}{pair['between']}{quote}{MASK}{end}"
    return pair[0]


def _is_password(name: str) -> bool:
    return "pass" in name.lower() or "pwd" in name.lower()


def _is_secret(pair: re.Match[str], quote: str, value: str) -> bool:
    name, sign, has_scheme = pair["name"], pair["sign"], bool(pair["scheme"])
    word, is_password = value.lower().rstrip(".!?"), _is_password(name)
    # After a colon or a space there may be prose.
    is_value = bool(quote) or "=" in sign
    if word in (NOTHING if is_value else PROSE) or re.fullmatch(PLACEHOLDER, value):
        return False
    if value.replace(".", "").isdigit() and (not is_password or name.lower() == "pass"):
        return len(value) > 6 and not is_password
    return is_value or is_password or has_scheme or len(value) >= MIN_KNOWN_CHARS
