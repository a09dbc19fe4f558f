"""The demo's leaderboard: a year of samples of some dealers, the same each time."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import aiohttp

from bot.cli.demo.error import DemoError

_WEEKS = 53
_SUBJECTS = (
    "Bergmann",
    *(f"dealer-{number}" for number in (2, 3, 5, 7, 8, 11, 12, 14, 17, 19, 23)),
)
NEW, GONE = "dealer-23", "dealer-19"  # the first sample is this week's; the last one last week's
_SEED = 47


async def show_board(api: str, token: str, now: datetime) -> None:
    """Send a year of samples as CSV, and post the week so far."""
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        address = f"{api}/api/leaderboards/dealers"
        text = "\n".join(_csv_lines(now))
        for url, body in ((f"{address}/samples", text), (f"{address}/post", None)):
            kind = {"Content-Type": "text/csv"} if body else {}
            async with session.post(url, data=body, headers=kind) as answer:
                if answer.status >= 300:
                    raise DemoError(f"The leaderboard was refused: {await answer.text()}")


def _csv_lines(now: datetime) -> Iterator[str]:
    """Yield a header, and a line for each dealer and week."""
    yield "dealer,at,score,revenue_at_risk"
    chance = random.Random(_SEED)  # noqa: S311 - figures to look at
    for subject in _SUBJECTS:
        score, drift = chance.uniform(45, 80), chance.uniform(-0.15, 0.3)
        for weeks in range(_WEEKS - 1, -1, -1):
            score = min(97.0, max(20.0, score + drift + chance.gauss(0, 1.8)))
            money = round((100 - score) ** 2 * chance.uniform(6, 9))
            if (subject == NEW and weeks) or (subject == GONE and not weeks):
                continue
            at = (now - timedelta(weeks=weeks)).isoformat(timespec="seconds")
            yield f"{subject},{at},{score:.1f},{money}"
