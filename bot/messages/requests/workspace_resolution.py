"""Resolves a message's workspace: the sender's, else the tenant's only one. Pure."""

from collections.abc import Sequence

from bot.errors import FieldProblem


def workspace_of(named: str | None, connected: Sequence[str]) -> str | FieldProblem:
    """Return the one of *connected*, the tenant's workspaces, that is meant; or what is wrong."""
    if named is not None:
        if named in connected:
            return named
        return FieldProblem("configCode", f"its workspace `{named}` is not connected")
    if len(connected) == 1:
        return connected[0]
    if not connected:
        fix = "you have no workspace here: connect one with POST /api/scheduling/slack/workspace"
        return FieldProblem("tenant", fix)
    fix = "you have several workspaces: name a sender that has a workspace"
    return FieldProblem("configCode", fix)
