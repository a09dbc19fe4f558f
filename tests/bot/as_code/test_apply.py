"""Templates and senders from files: what would change, and that it then does."""

import json

import pytest

from bot.as_code.folder import read_folder
from bot.as_code.plan import Action, FolderPlan
from bot.clock import SystemClock
from bot.errors import InvalidError
from bot.messages import outbox
from bot.messages.requests.sender_settings import Senders
from bot.messages.templates.store import Templates
from tests.isolation import ISOLATION

BODY = '{"text": "Order {{ order }} is on its way"}'


@pytest.fixture
def folder(tmp_path):
    """A folder with one template, its schema and one sender."""
    root = tmp_path / "code"
    for name, text in (
        ("README.md", "ours"),
        ("templates/shipped.json", BODY),
        ("templates/shipped.schema.json", '{"type": "object", "required": ["order"]}'),
        ("senders/shop.toml", 'queue = "email"\nchannel = "C0OPS00002"\n'),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture
def plan(database):
    clock = SystemClock()
    templates = Templates(database, ISOLATION, clock)
    return FolderPlan(database, templates, Senders(database, clock), ISOLATION, "default")


def short(changes):
    return [(one.action, one.code) for one in changes]


async def test_what_was_applied_is_the_same_afterwards(plan, folder):
    """The first time both are created, the second time nothing changes."""
    wanted = read_folder(folder)
    before = short(await plan.changes(wanted))
    await plan.apply(wanted)
    after = short(await plan.changes(wanted))

    assert before == [(Action.CREATE, "shipped"), (Action.CREATE, "shop")]
    assert after == [(Action.NONE, "shipped"), (Action.NONE, "shop")]


async def test_a_change_says_which_messages_would_look_different(plan, folder, database):
    """The newest messages of the template are drawn with both versions."""
    await plan.apply(read_folder(folder))
    stored = await Templates(database, ISOLATION, SystemClock()).get("default", "shipped")

    def work(session):
        for order in ("a-1", "b-2"):
            place = outbox.Place("T1", "default", "C0OPS")
            content = outbox.Content("shipped", {"order": order})
            message = outbox.put(session, place, content, now=SystemClock().now())
            message.template_id = stored.id

    database.transact(work)
    changed = (
        '{"text": "{% if order == \'b-2\' %}Late: {% endif %}Order {{ order }} is on its way"}'
    )
    (folder / "templates/shipped.json").write_text(changed)
    (folder / "senders/shop.toml").write_text('queue = "email"\npriority = "LOW"\n')
    template, sender = await plan.changes(read_folder(folder))

    assert template.lines == (
        "version 1 → 2",
        "1 of the newest 2 messages would look different",
        "-Order b-2 is on its way",
        "+Late: Order b-2 is on its way",
    )
    assert sender.lines == ("channel: C0OPS00002 → None", "priority: None → 1")


def test_whatever_is_wrong_is_told_together(folder):
    """Each file with its problem; nothing is half read."""
    (folder / "templates/bad name.json").write_text(BODY)
    (folder / "templates/lonely.schema.json").write_text("{}")
    (folder / "templates/nan.json").write_text(BODY)
    (folder / "templates/nan.schema.json").write_text('{"maximum": NaN}')
    (folder / "senders/names.toml").write_text('channel = "#ops"')
    (folder / "senders/odd.toml").write_text("quue = 1")
    (folder / "senders/torn.toml").write_text("= [")
    (folder / "senders/shop.json").write_text("{}")
    with pytest.raises(InvalidError) as refused:
        read_folder(folder)

    told = {problem.field.split(",")[0]: problem.message for problem in refused.value.problems}
    assert sorted(told) == [
        "senders/names.toml",
        "senders/odd.toml",
        "senders/shop.json",
        "senders/torn.toml",
        "templates/bad name.json",
        "templates/lonely.schema.json",
        "templates/nan.json",
    ]
    assert told["senders/names.toml"] == "give the id of #ops: C…"
    assert "senders/*.toml" in told["senders/shop.json"]


async def test_a_template_that_cannot_be_drawn_is_refused_before_anything_is_stored(plan, folder):
    """The plan comes first, and the sender beside it is not made."""
    (folder / "templates/shipped.json").write_text('{"text": "{{ order"}')
    with pytest.raises(InvalidError):
        await plan.changes(read_folder(folder))


def test_a_body_may_be_the_json_that_it_is(folder):
    """Blocks without Jinja2 stay as they were written."""
    blocks = {"text": "x", "blocks": [{"type": "divider"}]}
    (folder / "templates/plain.json").write_text(json.dumps(blocks))
    (plain, _) = read_folder(folder).templates

    assert json.loads(plain.body) == blocks
