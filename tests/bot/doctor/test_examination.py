"""What the doctor finds in the settings, in Slack and in the database."""

import json
import sqlite3
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import SystemClock
from bot.config_file import ConfigFile
from bot.config_sections.bus import BusSettings
from bot.config_sections.workspaces import WorkspaceSettings
from bot.doctor.database import database_findings
from bot.doctor.examination import examine
from bot.doctor.findings import FindingLevel
from bot.event_bus.brokers.broker import BusMessage
from bot.event_bus.brokers.choice import broker_maker
from bot.event_bus.models import BusCursor
from bot.messages import outbox
from bot.messages.models import MessageState
from bot.process.database_lock import lock_database
from bot.settings import Settings
from bot.workspaces.models import WorkspaceToken
from bot.workspaces.scopes import NEEDED_SCOPES, USEFUL_SCOPES
from tests.bot.http.calling import ONE_DATABASE
from tests.bot.workspaces.room import connect
from tests.broker_servers import BROKER_PASSWORD, BrokerServer

ROOT = Path(__file__).parents[3]
OTHER_APP = "xapp-1-A0OTHERAPP-1-private"
#: Nobody listens there.
NOWHERE = "http://127.0.0.1:9"


def environment(playground, database_url="sqlite:////nowhere/opsbell.db", **more):
    """Return settings with which all is well."""
    return {
        "SLACK_BOT_TOKEN": playground.bot_token,
        "SLACK_APP_TOKEN": playground.app_token,
        "SLACK_API_URL": playground.api_url,
        "SLACK_DEFAULT_CHANNEL": "#ops",
        "DATABASE_URL": database_url,
        "JWT_SECRET": "0123456789abcdef0123456789abcdef",
        "APP_URL": NOWHERE,
        **more,
    }


async def problems(environ, clock=None, channel=None):
    """Return what is to be mended, and the fixes."""
    found = await examine(environ, clock or SystemClock(), channel)
    return [(one.check, one.message, one.fix) for one in found if one.level is FindingLevel.PROBLEM]


@pytest.mark.parametrize("is_running", [False, True])
async def test_nothing_is_found_where_nothing_is_wrong(
    playground, database, database_url, is_running
):
    """Alone and beside a bot that holds the database."""
    with ExitStack() as stack:
        lock = lock_database(database.url) if is_running else None
        if lock:
            stack.enter_context(lock)
        found = await problems(environment(playground, database_url))

    assert found == []


@ONE_DATABASE
async def test_every_channel_that_cannot_be_written_to_has_its_fix(playground, database_url):
    """One that nobody invited the bot to, an archived one, one that is not there."""
    environ = environment(
        playground,
        database_url,
        SLACK_DEFAULT_CHANNEL="#nowhere",
        SLACK_ALERTS_CHANNEL="C0ARCHIVE6",
        SLACK_USERS_CHANNEL="C0NOTTHERE",
        SLACK_LEADERBOARD_CHANNEL="C0BOARD005",
    )
    found = {message: fix for check, message, fix in await problems(environ) if check == "channels"}

    alerts, default = "SLACK_ALERTS_CHANNEL: #old-news is archived", "SLACK_DEFAULT_CHANNEL: the"
    assert found[alerts] == "set SLACK_ALERTS_CHANNEL to another channel"
    (fix,) = [fix for message, fix in found.items() if message.startswith(default)]
    assert fix.startswith("type `/invite @")
    assert len(found) == 4


@ONE_DATABASE
@pytest.mark.playground(seed={"scopes": ["chat:write", "channels:read"]})
async def test_missing_scopes_are_named_with_what_fails(playground, database_url):
    """Each with its consequence and where to add it."""
    environ = environment(playground, database_url)
    found = [message for check, message, _ in await problems(environ) if check == "scopes"]

    assert found[0] == (
        "commands is not granted: /ops, its short forms and the shortcuts do not exist"
    )
    assert len(found) == len(NEEDED_SCOPES) + len(USEFUL_SCOPES) - 2


def test_the_scopes_are_those_of_the_manifest():
    """What the doctor asks for is what the app asks for."""
    manifest = json.loads((ROOT / "manifest.json").read_text())

    asked = manifest["oauth_config"]["scopes"]["bot"]
    assert sorted(NEEDED_SCOPES | USEFUL_SCOPES) == sorted(asked)


@ONE_DATABASE
@pytest.mark.playground(seed={"tokens": {"xoxb-playground-bot": "bot", OTHER_APP: "app"}})
async def test_tokens_of_two_apps_are_noticed(playground, database_url):
    """Commands would go to the other app."""
    environ = environment(playground, database_url, SLACK_APP_TOKEN=OTHER_APP)
    (found, *_) = await problems(environ)

    assert found == (
        "tokens",
        "SLACK_APP_TOKEN: belongs to app A0OTHERAPP, but SLACK_BOT_TOKEN to app A0SAMPLE001",
        "copy both from the same app at api.slack.com/apps",
    )


@ONE_DATABASE
async def test_a_clock_that_is_wrong_is_noticed(playground, database_url):
    """Slack's own time is the measure."""

    class Ahead:
        def now(self):
            return SystemClock().now() + timedelta(hours=1)

    found = await problems(environment(playground, database_url), Ahead())

    (skewed,) = [message for check, message, _ in found if check == "clock"]
    assert skewed.startswith("this machine's clock is 3,6")
    assert skewed.endswith("s ahead of Slack's")


async def test_what_waits_died_or_cannot_be_decrypted_is_told(playground, database, database_url):
    """Messages that nobody delivers, dead letters, and tokens without their key."""
    now = SystemClock().now()

    def work(session):
        place = outbox.Place("T1", "default", "C0OPS")
        for state in (MessageState.WAITING, MessageState.DEAD):
            at = now - timedelta(minutes=9)
            message = outbox.put(session, place, outbox.Content("note"), now=at)
            message.state, message.dead_at = state, now
        sealed = WorkspaceToken(
            workspace_id="T7", sealed="gibberish", set_by="ada", set_at=now, connected_at=now
        )
        session.add(sealed)

    database.transact(work)
    found = [message for _, message, _ in await problems(environment(playground, database_url))]

    assert found == [
        "1 workspaces are connected, and TOKEN_ENCRYPTION_KEY is missing",
        "1 messages wait in T1, the oldest 9 min",
        "1 messages of the last 24 hours were given up",
    ]


@ONE_DATABASE
async def test_a_source_or_table_that_does_not_answer_is_named(playground, database_url, tmp_path):
    """The other one is counted with its tables."""
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("CREATE TABLE orders (id INTEGER)")
    shop.close()
    config = tmp_path / "opsbell.toml"
    config.write_text(
        f'[sources.shop]\nurl = "sqlite:///{tmp_path}/shop.db"\n'
        f'[sources.gone]\nurl = "sqlite:///{tmp_path}/gone.db"\n'
        '[alerts.tables.orders]\nsource = "shop"\nquery = "select id, 1 as status from orders"\n'
    )
    environ = environment(playground, database_url, OPSBELL_CONFIG=str(config))
    found = [one for one in await examine(environ, SystemClock()) if one.check == "sources"]

    levels = [FindingLevel.OK, FindingLevel.PROBLEM, FindingLevel.PROBLEM]
    assert [one.level for one in found] == levels
    assert found[0].message == "shop answers, 1 tables"
    assert found[1].message.startswith("gone: ")
    assert "[sources.gone]" in found[1].fix
    assert found[2].message == (
        "alerts.tables.orders: The query returns no column `updated_at` or `created_at`."
    )
    assert "[alerts.tables.orders]" in found[2].fix


@ONE_DATABASE
@pytest.mark.playground(client_msg_id="honoured")
async def test_a_probe_learns_what_slack_takes_and_leaves_nothing(playground, database_url):
    """It posts, compares and deletes."""
    environ = environment(playground, database_url)
    found = await examine(environ, SystemClock(), "C0OPS00002")

    said = [one.message for one in found if one.check == "probe"]
    assert said[0] == "client_msg_id is honoured: a repeated post is recognised"
    assert said[1:] == ["blocks taken: data_table, data_visualization, table, rich_text, section"]
    assert playground.messages("ops") == []


NAMES = [name.upper() for name in Settings.model_fields if name != "config"]
#: No address of these is one to connect to.
ODD = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40),
    st.sampled_from(
        [
            "",
            "http://[",
            "sqlite:///",
            "sqlite:////proc/x.db",
            "postgresql://127.0.0.1:1/x",
            "x" * 9999,
        ]
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    odd=st.dictionaries(
        st.sampled_from([*NAMES, *(f"{name}_FILE" for name in NAMES)]), ODD, max_size=4
    )
)
async def test_no_setting_brings_the_doctor_down(odd, tmp_path):
    """Whatever is in the environment, it is a finding."""
    environ = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "DATABASE_URL": f"sqlite:///{tmp_path}/none.db",
        **odd,
        "SLACK_API_URL": NOWHERE,
        "APP_URL": NOWHERE,
    }
    assert await problems(environ)


@ONE_DATABASE
async def test_an_address_that_apprise_does_not_know_is_named(playground, database_url, tmp_path):
    """By its key, before alerts need it; the address itself is a secret."""
    config = tmp_path / "opsbell.toml"
    config.write_text('[alerts]\nalso_notify = ["ntfys://ntfy.example/a", "nonsense"]\n')
    environ = environment(playground, database_url, OPSBELL_CONFIG=str(config))
    found = [one for one in await examine(environ, SystemClock()) if "Apprise" in one.message]

    assert [(one.level, one.message) for one in found] == [
        (
            FindingLevel.PROBLEM,
            "alerts.also_notify: address 2: Apprise does not understand this address",
        )
    ]


@pytest.fixture
def asked_bus(playground, database_url, tmp_path):
    """A Redis that is not running, and what the doctor says of it."""
    server = BrokerServer("redis", tmp_path)
    config = tmp_path / "opsbell.toml"
    environ = environment(playground, database_url, OPSBELL_CONFIG=str(config))

    async def ask(password=BROKER_PASSWORD):
        url = server.url.replace(BROKER_PASSWORD, password)
        config.write_text(f'[bus]\nurl = "{url}"\nrequests = "in"\nevents = "out"\n')
        said = await examine(environ, SystemClock())
        return [(one.level, one.message) for one in said if one.check == "bus"]

    yield server, ask
    server.close()


ABSENT = "is not there yet; the bot creates it when it starts"


@ONE_DATABASE
async def test_a_broker_that_is_away_or_refuses_us_is_named(asked_bus):
    """Without the password; one in which nothing is yet is fine."""
    server, ask = asked_bus
    (away,) = await ask()
    server.start()
    (refused,) = await ask("wrong")

    assert (away[0], away[1].startswith("Redis: ")) == (FindingLevel.PROBLEM, True)
    assert (refused[0], "canary" in refused[1] + away[1]) == (FindingLevel.PROBLEM, False)
    fresh = [(FindingLevel.NOTE, f"{name} {ABSENT}") for name in ("in", "in.dead", "out")]
    assert await ask() == fresh


@ONE_DATABASE
async def test_what_waits_at_the_broker_and_for_it_is_told(asked_bus, database):
    """Rejected requests, and events that nobody has published for minutes."""
    server, ask = asked_bus
    server.start()
    broker = broker_maker(BusSettings.model_validate({"url": server.url, "requests": "in"}))()
    await broker.open(receives=True)
    await broker.publish("in.dead", BusMessage("id-1", "rejected", "key", b"1", "text/plain"))
    await broker.close()
    now = SystemClock().now()

    def work(session):
        session.add(BusCursor(topic="out", last_id=0, owner="p", expires_at=now, began_at=now))
        place, content = outbox.Place("T1", "default", "C0OPS"), outbox.Content("note", {})
        outbox.put(session, place, content, now=now - timedelta(minutes=9))

    database.transact(work)

    assert await ask() == [
        (FindingLevel.PROBLEM, "events have waited for 9 min to be published to out"),
        (FindingLevel.OK, "in is there, 0 wait"),
        (FindingLevel.NOTE, "1 rejected requests are in in.dead; their headers say why"),
        (FindingLevel.NOTE, f"out {ABSENT}"),
    ]


@ONE_DATABASE
def test_a_section_of_an_unknown_workspace_is_told(database):
    """Whoever mistyped the id believes that only some people may act there."""
    connect(database, "T0BRANCH01", "cleo")
    sections = {name: WorkspaceSettings() for name in ("T0BRANCH01", "T0BRANCH0I")}
    settings = Settings(config=ConfigFile(workspaces=sections))

    found = database_findings(database, settings, SystemClock())

    told = [one.message for one in found if one.check == "access"]
    assert told == ["[workspaces.T0BRANCH0I]: no such workspace was ever connected"]
