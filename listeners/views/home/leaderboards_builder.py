"""The leaderboards in App Home: who leads each of them. Pure."""

from collections.abc import Sequence

from bot.leaderboards.ranking import Ranking
from bot.leaderboards.wording import lead_of, title_of
from bot.messages.rendering.truncation import truncate
from listeners.views.home.home_parts import Block, home_button, home_header, more_hint

MAX_LEADERBOARDS = 5


def leaderboard_lines(rankings: Sequence[Ranking]) -> list[Block]:
    """Return a line for each board, and the divider below; nothing where there are no boards."""
    if not rankings:
        return []
    lines = [_leaderboard_line(one) for one in rankings[:MAX_LEADERBOARDS]]
    more = more_hint(rankings, MAX_LEADERBOARDS, "/leaderboard")
    return [home_header("Leaderboards"), *lines, *more, {"type": "divider"}]


def _leaderboard_line(ranking: Ranking) -> Block:
    words = f"🏆 {truncate(title_of(ranking), 150)} so far\n{truncate(_leader(ranking), 160)}"
    text = {"type": "plain_text", "text": words, "emoji": False}
    button = home_button("Open", "home_leaderboard", ranking.name)
    return {"type": "section", "text": text, "accessory": button}


def _leader(ranking: Ranking) -> str:
    """Return who leads; a board that measures itself may not have been asked this week."""
    if ranking.rows or ranking.board.samples:
        return lead_of(ranking)
    return "Not measured yet this week: open it."
