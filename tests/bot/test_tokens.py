"""API tokens: only ours, only unexpired, and never good for more than they were minted for."""

import math
import string
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidError
from bot.tokens import SCOPES, Caller, TokenError, Tokens

SECRET = "ada's own secret of 32 bytes and more"


class HandClock:
    """A clock that is set by hand."""

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        self.at = datetime(2026, 11, 20, 10, 0, tzinfo=UTC) + ahead

    def now(self) -> datetime:
        return self.at


TOKENS = Tokens(SECRET, HandClock())
NOW = int(HandClock().now().timestamp())


def mint(ahead=timedelta(0), **options):
    """Return a token of Ada's, as the options want it."""
    defaults: dict[str, Any] = {
        "subject": "ada",
        "tenant": "default",
        "scopes": frozenset({"tasks:read"}),
    }
    return Tokens(SECRET, HandClock(ahead)).mint(**(defaults | options))


def signed(secret=SECRET, algorithm="HS256", **claims):
    """Return a token with claims of any kind; None leaves a claim out."""
    everything = {
        "sub": "ada",
        "tenant": "default",
        "scope": "tasks:read",
        "exp": NOW + 60,
        **claims,
    }
    present = {name: claim for name, claim in everything.items() if claim is not None}
    return jwt.encode(present, secret, algorithm=algorithm)


def test_what_was_minted_is_read():
    """A token tells who calls, for which tenant, with which scopes, for which task."""
    token = mint(scopes=frozenset({"tasks:read", "tasks:write"}), task_id="t_1")

    assert TOKENS.read(token) == Caller(
        "ada", "default", frozenset({"tasks:read", "tasks:write"}), "t_1"
    )


def test_an_unknown_scope_is_refused_with_the_known_ones():
    """A token with a scope that does not exist is not made."""
    with pytest.raises(InvalidError, match=r"Unknown scope task:read; there are: .*tasks:read"):
        mint(scopes=frozenset({"task:read"}))


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_admin_may_everything(scope):
    """`admin` implies each scope, writing implies reading, and nothing else implies anything."""
    writing = scope.replace(":read", ":write")
    other = Caller("ben", "default", SCOPES - {scope, writing, "admin"})
    writer = Caller("cleo", "default", frozenset({writing}))

    assert Caller("ada", "default", frozenset({"admin"})).may(scope)
    assert writer.may(scope)
    assert not other.may(scope)


def test_an_expired_token_is_refused():
    """A token ends when its days are over."""
    with pytest.raises(TokenError, match="expired"):
        TOKENS.read(mint(timedelta(days=-8), days=7))


#: Each is made by its own test, so that what pytest finds is the same in every process.
STRANGERS = {
    "another secret": lambda: signed(secret="cleo's secret, which is long enough too"),
    "another algorithm": lambda: signed(algorithm="HS512", secret=SECRET * 2),
    "no signature": lambda: signed(algorithm="none", secret=""),
    "no end": lambda: signed(exp=None),
    "no subject": lambda: signed(sub=None),
    "no tenant": lambda: signed(tenant=None),
    "empty tenant": lambda: signed(tenant=""),
    "a list of tenants": lambda: signed(tenant=["default"]),
    "a subject that no database takes": lambda: signed(sub="a\x00"),
    "a subject of half a character": lambda: signed(sub="\ud800"),
    "a tenant in two lines": lambda: signed(tenant="default\ncleo"),
    "a subject without an end": lambda: signed(sub="a" * 256),
    "an empty subject": lambda: signed(sub=""),
    "a list of scopes": lambda: signed(scope=["admin"]),
    "a number as scope": lambda: signed(scope=7),
    "no time as its end": lambda: signed(exp="soon"),
    "digits as its end": lambda: signed(exp=str(NOW + 60)),
    "never ends": lambda: signed(exp=math.inf),
    "no number as its end": lambda: signed(exp=math.nan),
    "an end beyond all floats": lambda: signed(exp=10**400),
    "an end before all floats": lambda: signed(exp=-(10**400)),
    "true as its end": lambda: signed(exp=True),
    "issued at no time": lambda: signed(iat=[NOW]),
    "good from a day that is far away": lambda: signed(nbf=10**400),
}


@pytest.mark.parametrize("make", STRANGERS.values(), ids=STRANGERS)
def test_a_token_that_is_not_ours_is_refused(make):
    """Another secret, another algorithm, none at all, missing or odd claims: all are refused."""
    with pytest.raises(TokenError):
        TOKENS.read(make())


@pytest.mark.parametrize("task", [5, "", False, ["t_1"], {}])
def test_a_token_for_an_odd_task_is_good_for_nothing(task):
    """A task claim that names no task never becomes a token for all tasks."""
    with pytest.raises(TokenError):
        TOKENS.read(signed(task=task))


def test_a_token_minted_for_no_task_by_mistake_is_good_for_nothing():
    """An empty task id does not silently give a token without limits."""
    with pytest.raises(TokenError):
        TOKENS.read(mint(task_id=""))


@pytest.mark.parametrize("name", ["", "a\n", "a" * 256])
def test_no_token_is_minted_that_would_be_refused(name):
    """Whoever makes it learns it, not whoever uses it."""
    with pytest.raises(InvalidError, match="printable"):
        TOKENS.mint(subject=name, tenant="default", scopes=frozenset())
    with pytest.raises(InvalidError, match="printable"):
        TOKENS.mint(subject="ada", tenant=name, scopes=frozenset())


def test_a_token_without_scope_may_nothing():
    """No scope is an empty one."""
    caller = TOKENS.read(signed(scope=None))

    assert not any(caller.may(scope) for scope in SCOPES)


@given(st.text() | st.text(string.ascii_letters + ".-_=") | st.just("\udcff.\udcff.\udcff"))
def test_any_text_is_a_token_or_a_token_error(text):
    """Whatever stands in the header, nothing but a `TokenError` comes of it."""
    with pytest.raises(TokenError):
        TOKENS.read(text)


LEEWAY = {
    "just expired": ({"exp": NOW - 60}, "expired 60 s ago"),
    "expired an hour ago": ({"exp": NOW - 3600}, "expired 3,600 s ago"),
    "expired a week ago": ({"exp": NOW - 7 * 86400}, "expired 7 days ago"),
    "issued soon": ({"iat": NOW + 61}, "issued 61 s in the future: compare the clocks"),
    "issued in an hour": ({"iat": NOW + 3540}, "issued 3,540 s in the future: compare the clocks"),
    "good soon": ({"nbf": NOW + 61}, "not valid for another 61 s: compare the clocks"),
}


@pytest.mark.parametrize(("claims", "message"), LEEWAY.values(), ids=LEEWAY)
def test_a_token_outside_of_its_time_says_how_far(claims, message):
    """More than a minute is not forgiven, and the difference is told."""
    with pytest.raises(TokenError, match=message):
        TOKENS.read(signed(**claims))


@pytest.mark.parametrize(
    "claims", [{"exp": NOW - 59}, {"exp": NOW - 59.5}, {"iat": NOW + 60}, {"nbf": NOW + 60}]
)
def test_clocks_may_differ_by_a_minute(claims):
    """A token is read by another machine's clock than it was minted by."""
    assert TOKENS.read(signed(**claims)).subject == "ada"


def test_a_token_that_was_read_before_still_expires():
    """That it was good a moment ago does not make it good for ever."""
    clock = HandClock()
    tokens, token = Tokens(SECRET, clock), signed(exp=NOW + 60)

    clock.at += timedelta(seconds=119)
    assert tokens.read(token) == tokens.read(token)
    clock.at += timedelta(seconds=1)
    with pytest.raises(TokenError, match="expired 60 s ago"):
        tokens.read(token)


def test_the_machines_own_clock_decides_nothing():
    """A token of another century is good in that century, as everything by its clock."""
    tokens = Tokens(SECRET, HandClock(timedelta(days=40_000)))

    assert tokens.read(mint(timedelta(days=40_000), days=1)).subject == "ada"
