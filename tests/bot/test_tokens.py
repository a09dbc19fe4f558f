"""API tokens: only ours, only unexpired, and never good for more than they were minted for."""

import contextlib
import string
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidError
from bot.tokens import SCOPES, Caller, TokenError, Tokens

SECRET = "ada's own secret of 32 bytes and more"
TOKENS = Tokens(SECRET)


def mint(**options):
    """Return a token of Ada's, as the options want it."""
    defaults: dict[str, Any] = {
        "subject": "ada",
        "tenant": "default",
        "scopes": frozenset({"tasks:read"}),
        "now": datetime.now(UTC),
    }
    return TOKENS.mint(**(defaults | options))


def signed(secret=SECRET, algorithm="HS256", **claims):
    """Return a token with claims of any kind; None leaves a claim out."""
    everything = {
        "sub": "ada",
        "tenant": "default",
        "scope": "tasks:read",
        "exp": datetime.now(UTC) + timedelta(minutes=1),
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
    """`admin` implies each scope; no other scope implies any."""
    other = Caller("ben", "default", SCOPES - {scope, "admin"})

    assert Caller("ada", "default", frozenset({"admin"})).may(scope)
    assert not other.may(scope)


def test_an_expired_token_is_refused():
    """A token ends when its days are over."""
    with pytest.raises(TokenError, match="expired"):
        TOKENS.read(mint(now=datetime.now(UTC) - timedelta(days=8), days=7))


#: Made by the test itself: what pytest finds is the same in every process, and none has expired.
STRANGERS = {
    "another secret": lambda: signed(secret="cleo's secret, which is long enough too"),
    "another algorithm": lambda: signed(algorithm="HS512", secret=SECRET * 2),
    "no signature": lambda: signed(algorithm="none", secret=""),
    "no end": lambda: signed(exp=None),
    "no subject": lambda: signed(sub=None),
    "no tenant": lambda: signed(tenant=None),
    "empty tenant": lambda: signed(tenant=""),
    "a list of tenants": lambda: signed(tenant=["default"]),
    "a list of scopes": lambda: signed(scope=["admin"]),
    "a number as scope": lambda: signed(scope=7),
    "not yet good": lambda: signed(nbf=datetime.now(UTC) + timedelta(hours=1)),
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


def test_a_token_without_scope_may_nothing():
    """No scope is an empty one."""
    caller = TOKENS.read(signed(scope=None))

    assert not any(caller.may(scope) for scope in SCOPES)


@given(st.text() | st.text(string.ascii_letters + ".-_=") | st.just("\udcff.\udcff.\udcff"))
def test_any_text_is_a_token_or_a_token_error(text):
    """Whatever stands in the header, nothing but a `TokenError` comes of it."""
    with pytest.raises(TokenError):
        TOKENS.read(text)


def test_a_token_that_was_read_before_still_expires():
    """That it was good a moment ago does not make it good for ever."""
    seconds = 2
    while (token := read_in_time(seconds)) is None:
        seconds *= 2  # The machine was so busy that it had expired before it was read.

    with pytest.raises(TokenError, match="expired"):
        TOKENS.read(token)


def read_in_time(seconds):
    """Return a token that was read, twice, and then expired; None if it expired before."""
    expires_at = int(datetime.now(UTC).timestamp()) + seconds
    token = signed(exp=expires_at)
    with contextlib.suppress(TokenError):
        assert TOKENS.read(token) == TOKENS.read(token)
        time.sleep(max(0.0, expires_at - datetime.now(UTC).timestamp()) + 0.01)
        return token
    return None
