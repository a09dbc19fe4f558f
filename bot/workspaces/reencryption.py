"""Re-encrypts all tokens after TOKEN_ENCRYPTION_KEY got a new first key."""

from functools import partial

import structlog
from sqlmodel import Session, col, select, update

from bot.db import Database
from bot.errors import NoTransportError
from bot.workspaces.models import WorkspaceToken
from bot.workspaces.tokens import Vault

logger = structlog.get_logger(__name__)

_TOKEN_BATCH = 500


async def reseal_tokens(database: Database, vault: Vault) -> None:
    """Re-encrypt tokens encrypted with an older key. Safe to repeat and to run in two processes."""
    done, unreadable, after = 0, 0, ""
    while True:
        batch = await database.read(partial(_next_tokens, after=after))
        if not batch:
            break
        after = batch[-1][0]
        old = [one for one in batch if not vault.is_sealed_with_newest(one[1])]
        renewed = [(key, sealed, anew) for key, sealed in old if (anew := _resealed(vault, sealed))]
        unreadable += len(old) - len(renewed)
        if renewed:
            await database.write(partial(replace, renewed=renewed))
        done += len(renewed)
    if done or unreadable:
        logger.warning("tokens_resealed", count=done, unreadable=unreadable)


def _next_tokens(session: Session, after: str) -> list[tuple[str, str]]:
    query = (
        select(WorkspaceToken.workspace_id, WorkspaceToken.sealed)
        .where(WorkspaceToken.workspace_id > after, col(WorkspaceToken.sealed).is_not(None))
        .order_by(col(WorkspaceToken.workspace_id))
        .limit(_TOKEN_BATCH)
    )
    return [(key, sealed) for key, sealed in session.exec(query).all() if sealed]


def _resealed(vault: Vault, sealed: str) -> str | None:
    try:
        return vault.seal(vault.unseal(sealed))
    except NoTransportError:  # Its lane says so; another key may still be put back.
        return None


def replace(session: Session, renewed: list[tuple[str, str, str]]) -> None:
    """Store the re-encrypted token, unless somebody has sent another one meanwhile."""
    for key, sealed, anew in renewed:
        session.exec(
            update(WorkspaceToken)
            .where(col(WorkspaceToken.workspace_id) == key, col(WorkspaceToken.sealed) == sealed)
            .values(sealed=anew)
        )
