"""Tokens at rest, and the change of their key."""

import pytest
from cryptography.fernet import Fernet

from bot.clock import SystemClock
from bot.errors import NoTransportError
from bot.workspaces.models import WorkspaceToken
from bot.workspaces.reencryption import reseal_tokens
from bot.workspaces.service import store
from bot.workspaces.tokens import Vault, split_keys
from tests.bot.workspaces.room import NOW, KnownTokens, make_connections, workspace

OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))


def test_the_first_key_encrypts_and_all_decrypt():
    """A new key is put in front, and what the old one encrypted can still be read."""
    sealed = Vault([OLD]).seal("xoxb-ada")
    both = Vault(split_keys(f" {NEW}, {OLD} "))

    assert both.unseal(sealed) == "xoxb-ada"
    assert tuple(both.is_sealed_with_newest(one) for one in (sealed, both.seal("xoxb-ada"))) == (
        False,
        True,
    )


def test_a_lost_key_is_told_by_a_code():
    """What no key can read has a reason that health may show."""
    with pytest.raises(NoTransportError, match="token_cannot_be_decrypted"):
        Vault([NEW]).unseal(Vault([LOST]).seal("xoxb-ada"))


async def test_all_tokens_are_encrypted_with_the_newest_key(database):
    """After the start the old key is needed no more; what cannot be read is left alone."""
    lost = Vault([LOST]).seal("xoxb-lost")
    for team_id, sealed in (("T3", Vault([OLD]).seal("xoxb-ada")), ("T4", lost), ("T5", None)):
        row = workspace(team_id, "default")
        database.transact(lambda session, row=row, sealed=sealed: store(session, row, sealed, "a"))

    await reseal_tokens(database, Vault([NEW, OLD]))

    def kept(team_id):
        return database.transact(lambda session: session.get_one(WorkspaceToken, team_id))

    assert Vault([NEW]).unseal(kept("T3").sealed) == "xoxb-ada"
    assert (lost, None) == (kept("T4").sealed, kept("T5").sealed)
    assert kept("T3").connected_at == NOW


async def test_without_a_key_nothing_is_kept_and_home_still_works(database):
    """The token of the environment needs no key; all others say which one is missing."""
    sealed = Vault([OLD]).seal("xoxb-ada")
    for team_id, one in (("T1", None), ("T3", sealed)):
        row = workspace(team_id, "default")
        database.transact(lambda session, row=row, one=one: store(session, row, one, "a"))
    connections = make_connections(database, SystemClock(), KnownTokens(), [], key=None)

    assert await connections.token_of("T1") == "xoxb-home-token"
    with pytest.raises(NoTransportError, match="token_encryption_key_is_missing"):
        await connections.token_of("T3")
    with pytest.raises(NoTransportError, match="no_token"):
        await connections.token_of("T9")
