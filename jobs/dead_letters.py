"""Notifies people of dead letters."""

from bot.messages.dead_letters.notices import MAX_LETTERS, DeadLetters


async def tell_of_dead_letters(dead_letters: DeadLetters) -> None:
    """Tell their owners what happened and what to do."""
    while await dead_letters.tell_next() == MAX_LETTERS:
        pass
