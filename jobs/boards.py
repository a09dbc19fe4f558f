"""Boards that no longer show what is true."""

from bot.boards.service import Boards


async def refresh_boards(boards: Boards) -> None:
    """Edit the boards whose tasks have changed."""
    await boards.refresh()
