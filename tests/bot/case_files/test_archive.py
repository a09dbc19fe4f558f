"""A case file has everything about one task, and no secret."""

import io
import json
import re
import stat
import zipfile
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.alerts.incident_lifecycle import TroubleType
from bot.alerts.models import Alert, AlertTrouble
from bot.case_files.archive import build_archive, drawing, write_private
from bot.case_files.evidence import collect
from bot.errors import ConflictError, NotFoundError
from bot.messages import outbox
from bot.messages.models import Event, StoredTemplate
from bot.messages.rendering.renderer import Renderer
from bot.redaction import learn
from bot.settings import Settings
from bot.tasks.models import ExternalTaskId, Task, TaskLog, TaskStatus
from tests.bot.messages.world import HandClock, World
from tests.isolation import ISOLATION

SECRET = "correct-horse-battery-staple"
LOOKS_SECRET = "xoxb-1234567890-abcdefghijkl"


@pytest.fixture
async def world(database, tmp_path):
    """A world in which time stands still."""
    made = World(database, tmp_path, HandClock())
    yield made
    for lanes in made.processes:
        await lanes.stop()


@pytest.fixture
async def case(world):
    """A task whose message was posted, edited once and acted on, with an alert and a log."""
    now, ids = world.clock.at, {}

    def begin(session):
        place = outbox.Place("T1", "default", "C0OPS")
        content = outbox.Content("note", {"text": "queued"})
        ids["message"] = outbox.put(session, place, content, now=now).id
        task = Task(
            id="t_1",
            tenant="default",
            workspace_id="T1",
            task="import",
            subject="dealer-7",
            status=TaskStatus.FAILED,
            channel="C0OPS",
            message_id=ids["message"],
            error=f"Column missing, {LOOKS_SECRET}",
            payload={"password": SECRET},
            acted=[{"verb": "retried", "by": "U0ADA00001", "at": 1795338000, "reason": "again"}],
            created_at=now,
            updated_at=now,
            has_logs=True,
        )
        text = f"page 12\ntoken {SECRET}\n"
        log = TaskLog(
            tenant="default",
            task_id="t_1",
            attempt=1,
            first_line=0,
            lines=2,
            shown=0,
            characters=len(text),
            text=text,
            at=now,
        )
        alert = Alert(
            id="a_1",
            tenant="default",
            type=TroubleType.FAILED,
            task="import",
            fingerprint="f",
            label="x",
            opened_at=now,
            acknowledged_by="U0BEN00002",
            acknowledged_at=now,
        )
        trouble = AlertTrouble(
            tenant="default",
            type=TroubleType.FAILED,
            key="t_1",
            alert_id="a_1",
            task="import",
            task_id="t_1",
            began_at=now,
        )
        known = ExternalTaskId(
            tenant="default",
            external_id="job-9",
            task_id="t_1",
            channel="C0OPS",
            ts="1.1",
            remembered_at=now,
        )
        session.add_all([task, log, alert, trouble, known])

    world.database.transact(begin)
    lanes = world.start()
    lanes.wake("T1")
    await world.until(lambda: len(world.sent) == 1)
    world.clock.pass_by(timedelta(seconds=10))
    world.database.transact(
        lambda session: outbox.edit(
            session, ids["message"], {"text": "failed"}, now=world.clock.at, final=True
        )
    )
    lanes.wake("T1")
    await world.until(lambda: len(world.sent) == 2)
    await lanes.stop()
    return ids["message"]


async def opened(world, tmp_path, key, **options):
    """Return the files of the case by name."""
    evidence = world.database.snapshot(lambda session: collect(session, key, **options))
    settings = Settings(jwt_secret=SECRET * 2, database_url=f"postgresql://u:{SECRET}@db/x")
    learn([SECRET])
    draw = drawing(Renderer(tmp_path), ISOLATION)
    content = await build_archive(evidence, settings, draw, world.clock.at, "1.0")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist()[0] == "summary.md"
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("key", ["t_1", "job-9", "a_1"])
async def test_a_task_and_its_alert_are_one_case(world, case, tmp_path, key):
    """Found by the task's id, the orchestrator's or the alert's; with each state Slack showed."""
    files = await opened(world, tmp_path, key)

    summary = files["summary.md"]
    assert "`t_1` import for dealer-7: failed, attempt 1: Column missing" in summary
    assert "U0ADA00001 retried `t_1`: again" in summary
    assert "U0BEN00002 acknowledged `a_1`" in summary
    assert len(summary.splitlines()) < 60
    listed = re.findall(r"^- `([\w./]+)`: ", summary.partition("## Files")[2], re.MULTILINE)
    beside = {re.sub(r"/.*", "/", name) for name in files} - {"summary.md"}
    assert (set(listed), "templates.json" in listed) == (beside, False)
    shown = [json.loads(text)["shown"]["text"] for name, text in files.items() if "slack/" in name]
    assert shown == ["queued", "failed"]
    events = [json.loads(line)["event"] for line in files["timeline.jsonl"].splitlines()]
    assert events[0] == "SlackMessageRequested"
    assert events[-1] == "SlackMessageEdited"
    assert "page 12" in files["logs/001.txt"]


async def test_no_secret_is_in_it(world, case, tmp_path):
    """Known ones, and those that look like one, wherever they stand: rows, log, settings."""
    files = await opened(world, tmp_path, "t_1")

    leaks = [name for name, text in files.items() if SECRET in text or LOOKS_SECRET in text]
    assert leaks == []
    assert "[secret]" in files["tasks.json"]


async def test_a_message_of_a_tenants_template_is_drawn_in_its_version(world, tmp_path):
    """The version that was used is in the case file, also when there is a newer one."""
    now = world.clock.at

    def work(session):
        stored = StoredTemplate(
            tenant="shop",
            code="shipped",
            version=3,
            body='{"text": "{{ order }} is on its way"}',
            created_by="ada",
            created_at=now,
        )
        session.add(stored)
        place = outbox.Place("T1", "shop", "C0OPS")
        content = outbox.Content("shipped", {"order": "a-1"})
        message = outbox.put(session, place, content, now=now)
        message.template_id, message.correlation_id = stored.id, "order-1"
        session.flush()
        (event,) = session.exec(select(Event).where(Event.message_id == message.id))
        event.change = {**event.change, "template_id": stored.id}

    world.database.transact(work)
    lanes = world.start()
    lanes.wake("T1")
    await world.until(lambda: world.sent == [("T1", "a-1 is on its way")])
    await lanes.stop()
    files = await opened(world, tmp_path, "order-1")

    (template,) = json.loads(files["templates.json"])
    assert (template["code"], template["version"]) == ("shipped", 3)
    (shown,) = [json.loads(text)["shown"] for name, text in files.items() if "slack/" in name]
    assert shown["text"] == "a-1 is on its way"
    with pytest.raises(NotFoundError):
        await opened(world, tmp_path, "order-1", tenant="default")


async def test_what_several_tenants_have_must_be_told_apart(world, case, tmp_path):
    """A case file never mixes tenants."""
    now = world.clock.at
    other = Task(
        id="t_1",
        tenant="shop",
        workspace_id="T1",
        task="sync",
        channel="C1",
        created_at=now,
        updated_at=now,
    )
    world.database.transact(lambda session: session.add(other))
    with pytest.raises(ConflictError, match="--tenant"):
        await opened(world, tmp_path, "t_1")
    files = await opened(world, tmp_path, "t_1", tenant="shop")

    assert "sync" in files["summary.md"]
    assert "dealer-7" not in "".join(files.values())


def test_a_case_file_is_its_owners_and_replaces_nothing(tmp_path):
    """It has messages in it."""
    path = tmp_path / "case.zip"
    write_private(path, b"x")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_private(path, b"y")
