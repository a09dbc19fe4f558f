"""What is served for leaderboards."""

from bot.http.handlers import leaderboards
from bot.http.route_types import Route
from bot.http.schemas import leaderboards as models

#: A body of 1 MiB holds fewer.
_MAX_SAMPLES = 50_000
_PATH = "/api/leaderboards/{name}"
LEADERBOARD_ROUTES = (
    Route(
        "POST",
        f"{_PATH}/samples",
        leaderboards.add_samples,
        "Send samples, as JSON or CSV",
        "Leaderboards",
        scope="leaderboards:write",
        body=models.SentSample,
        answers={200: models.TakenSamples},
        creates=True,
        max_items=_MAX_SAMPLES,
        takes_csv=True,
    ),
    Route(
        "GET",
        _PATH,
        leaderboards.show_leaderboard,
        "Show the ranking of a week",
        "Leaderboards",
        scope="leaderboards:read",
        query=models.WeekFilter,
        answers={200: models.ShownLeaderboard},
    ),
    Route(
        "POST",
        f"{_PATH}/post",
        leaderboards.post_leaderboard,
        "Post the week so far, or bring its post up to date",
        "Leaderboards",
        scope="leaderboards:write",
        body=models.PostLeaderboard,
        answers={202: models.PostedLeaderboard},
        creates=True,
    ),
)
