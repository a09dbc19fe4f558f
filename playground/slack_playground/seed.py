"""The workspace a playground starts with, and how a seed file changes it."""

from typing import Any

from slack_playground.app.manifest import Manifest
from slack_playground.errors import SeedError
from slack_playground.state import Channel, Record, State, Token, User, UserGroup

TEAM_ID = "T0PLAYGRND"
ANNEX = "T0ANNEX002"
APP_ID = "A0SAMPLE001"
BOT_ID = "B0SAMPLE001"
BOT_USER_ID = "U0SAMPLE001"
ADA, BEN, CLEO = "U0ADA00001", "U0BEN00002", "U0CLEO0003"
GENERAL, OPS, AI_OPS = "C0GENERAL1", "C0OPS00002", "C0AIOPS003"
RANDOM, BOARD, ARCHIVE = "C0RANDOM04", "C0BOARD005", "C0ARCHIVE6"
OPERATORS = "S0OPERATOR"
#: When the seeded channels were made.
FOUNDED_AT = 1_700_000_000
# Public on purpose: they open nothing but a playground.
BOT_TOKEN = "xoxb-playground-bot"  # noqa: S105
APP_TOKEN = "xapp-playground-app"  # noqa: S105
USER_TOKEN = "xoxp-playground-ada"  # noqa: S105

CONFIG_TOKEN = "xoxe.xoxp-playground-config"  # noqa: S105
CONFIG_REFRESH_TOKEN = "xoxe-playground-config"  # noqa: S105
CLIENT_ID = "playground.client"
CLIENT_SECRET = "playground-client-secret"  # noqa: S105

# What an app without a manifest may do: every scope a served method asks for.
ALL_SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "bookmarks:read",
        "bookmarks:write",
        "canvases:read",
        "canvases:write",
        "dnd:read",
        "dnd:write",
        "emoji:read",
        "links:read",
        "links:write",
        "metadata.message:read",
        "usergroups:write",
        "users.profile:read",
        "users.profile:write",
        "channels:history",
        "channels:join",
        "channels:manage",
        "channels:read",
        "chat:write",
        "chat:write.customize",
        "chat:write.public",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:read",
        "im:write",
        "incoming-webhook",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "pins:read",
        "pins:write",
        "reactions:read",
        "reactions:write",
        "team.billing:read",
        "team.preferences:read",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
        "users:write",
        "calls:read",
        "calls:write",
        "lists:read",
        "lists:write",
        "remote_files:read",
        "remote_files:share",
        "remote_files:write",
    }
)
# What bots alone have, and what only people's tokens have.
_OF_BOTS = {"channels:manage", "channels:join", "chat:write.public", "remote_files:write"}
_OF_PEOPLE = {
    "admin",
    "channels:write",
    "email",
    "identity.avatar",
    "identity.basic",
    "identity.email",
    "identity.team",
    "openid",
    "profile",
    "reminders:read",
    "reminders:write",
    "search:read",
    "stars:read",
    "stars:write",
}
ALL_USER_SCOPES = ALL_SCOPES - _OF_BOTS | _OF_PEOPLE


def read_seeds(seed: Record | None = None) -> list[Record]:
    """Return one seed per workspace: the file's own first, then its `workspaces`."""
    seed = seed or {}
    others = seed.get("workspaces", [_ANNEX])
    if not isinstance(others, list) or not all(isinstance(one, dict) for one in others):
        raise SeedError("The seed's workspaces must be a list of seeds.")
    shared = {name: seed[name] for name in ("app_id",) if name in seed}
    return [seed, *({**_other(one), **shared, **one} for one in others)]


def _other(seed: Record) -> Record:
    """Return what a further workspace has if its seed does not say."""
    tail = seed.get("team", {}).get("id", "T0ELSEWHER")[1:]
    bot = {"bot_id": f"B{tail}", "bot_user_id": f"U{tail}", "tokens": {}, "usergroups": []}
    return {**bot, "installed": False}


def make_state(manifest: Manifest, seed: Record | None = None) -> State:
    """Build the seeded workspace; lists in the seed replace the standing ones."""
    seed = seed or {}
    team = seed.get("team", {})
    scopes = seed.get("scopes", manifest.scopes)
    state = State(
        team_id=team.get("id", TEAM_ID),
        team_name=team.get("name", "Playground"),
        team_domain=team.get("domain", "playground"),
        app_id=seed.get("app_id", APP_ID),
        bot_id=seed.get("bot_id", BOT_ID),
        bot_user_id=seed.get("bot_user_id", BOT_USER_ID),
        tokens=_tokens(manifest, seed.get("tokens", _TOKENS)),
        scopes=ALL_SCOPES if scopes is None else frozenset(scopes),
        is_installed=bool(seed.get("installed", True)),
        refresh_tokens={CONFIG_REFRESH_TOKEN: Token("config")},
    )
    try:
        _add_users(state, manifest, seed.get("users", _USERS))
        _add_channels(state, seed.get("channels", _channels(state.bot_user_id)))
        state.emoji.update({name: str(shown) for name, shown in seed.get("emoji", {}).items()})
        for one in seed.get("usergroups", _USERGROUPS):
            state.usergroups[one["id"]] = UserGroup(**one)
    except (AttributeError, KeyError, TypeError) as error:
        raise SeedError(f"The seed does not fit: {error}") from error
    state.webhooks = {"playground": next(iter(state.channels), "")} if state.is_installed else {}
    return state


def _tokens(manifest: Manifest, tokens: dict[str, str]) -> dict[str, Token]:
    """Read the seed's tokens; nobody has a user token of an app that asks for no user scopes."""
    scopes = ALL_USER_SCOPES if manifest.user_scopes is None else manifest.user_scopes
    found = {}
    for token, said in tokens.items():
        kind, _, user = said.partition(":")
        if kind != "user":
            found[token] = Token(kind)
        elif scopes:
            found[token] = Token(kind, user, scopes)
    return found


def _add_users(state: State, manifest: Manifest, users: list[Record]) -> None:
    for one in users:
        state.users[one["id"]] = User(**one)
    bot_name = manifest.bot_name.lower().replace(" ", "")
    state.users[state.bot_user_id] = User(
        id=state.bot_user_id,
        name=bot_name,
        real_name=manifest.bot_name,
        is_bot=True,
        # An app that is not installed is nobody yet.
        deleted=not state.is_installed,
    )


def _add_channels(state: State, channels: list[Record]) -> None:
    owner = next((user.id for user in state.users.values() if user.is_owner), "")
    for one in channels:
        fields: dict[str, Any] = {"creator": owner, **one}
        for line in {"topic", "purpose"} & one.keys():
            fields[f"{line}_set"] = (owner, FOUNDED_AT)
        fields["members"] = set(one.get("members", []))
        channel = Channel(**fields)
        state.channels[channel.id] = channel
        state.channel_ids[channel.name] = channel.id


_TOKENS = {
    BOT_TOKEN: "bot",
    APP_TOKEN: "app",
    CONFIG_TOKEN: "config",
    USER_TOKEN: f"user:{ADA}",
}

# A second workspace, for apps that are installed in several; this one waits for it.
_ANNEX: Record = {
    "team": {"id": ANNEX, "name": "Annex", "domain": "annex"},
    "users": [
        {
            "id": "U1ADA00001",
            "name": "ada",
            "real_name": "Ada",
            "email": "ada@annex.example.com",
            "tz": "Europe/Berlin",
            "tz_offset": 3600,
            "is_owner": True,
        },
        {
            "id": "U1CLEO0003",
            "name": "cleo",
            "real_name": "Cleo",
            "email": "cleo@annex.example.com",
            "tz": "Asia/Tokyo",
            "tz_offset": 32400,
        },
    ],
    "channels": [
        {"id": "C1GENERAL1", "name": "general", "members": ["U1ADA00001", "U1CLEO0003"]},
        {"id": "C1FIELD002", "name": "field", "members": ["U1ADA00001"]},
    ],
}

_USERS: list[Record] = [
    {
        "id": ADA,
        "name": "ada",
        "real_name": "Ada",
        "email": "ada@example.com",
        "tz": "Europe/Berlin",
        "tz_offset": 3600,
        "is_owner": True,
    },
    {
        "id": BEN,
        "name": "ben",
        "real_name": "Ben",
        "email": "ben@example.com",
        "tz": "America/New_York",
        "tz_offset": -18000,
    },
    {
        "id": CLEO,
        "name": "cleo",
        "real_name": "Cleo",
        "email": "cleo@example.com",
        "tz": "Asia/Tokyo",
        "tz_offset": 32400,
    },
]

_USERGROUPS: list[Record] = [
    {"id": OPERATORS, "handle": "operators", "name": "Operators", "users": [ADA, BEN]}
]


def _channels(bot: str) -> list[Record]:
    everyone = [ADA, BEN, CLEO]
    return [
        {
            "id": GENERAL,
            "name": "general",
            "topic": "The whole team",
            "members": [*everyone, bot],
        },
        {"id": OPS, "name": "ops", "topic": "What runs, what broke", "members": [*everyone, bot]},
        {"id": AI_OPS, "name": "ai-ops", "topic": "Leaderboards", "members": [*everyone, bot]},
        {"id": RANDOM, "name": "random", "topic": "Everything else", "members": everyone},
        {"id": BOARD, "name": "board", "is_private": True, "members": [ADA, BEN]},
        {
            "id": ARCHIVE,
            "name": "old-news",
            "is_archived": True,
            "members": [*everyone, bot],
        },
    ]
