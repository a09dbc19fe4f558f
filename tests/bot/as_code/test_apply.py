"""Files are stored: all of them or none, once, and what was predicted."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.as_code.change import Action
from bot.as_code.plan import apply_changes
from bot.as_code.settings import SettingsSwap
from bot.errors import ConflictError, InvalidError, UnavailableError
from bot.messages.templates.store import NewTemplate
from bot.reports.service_types import Actor
from tests.bot.as_code.shelf import ORDER, SALES, SHOP, TENANT, short
from tests.bot.reports.service_room import ADA

REPOSITORY = Path(__file__).parents[3]


async def test_what_was_applied_is_the_same_afterwards(shelf):
    """The first time all are created; the second time nothing is written at all."""
    shelf.put(templates__order=ORDER, senders__shop=SHOP, reports__sales=SALES)
    first = short(await shelf.apply())
    before = shelf.dump()
    second = short(await shelf.apply())

    assert first == [("create", "order"), ("create", "shop"), ("create", "sales")]
    assert second == [("same", "order"), ("same", "shop"), ("same", "sales")]
    assert shelf.dump() == before


async def test_a_sender_to_a_destination_is_the_same_afterwards(shelf):
    """Its name in the file is an id in the database."""
    shelf.put(senders__mail='workspace = "mail"\n')

    assert short(await shelf.apply()) == [("create", "mail")]
    assert short(await shelf.apply()) == [("same", "mail")]


async def test_what_is_predicted_is_what_happens(shelf):
    """Over random edits of files and of what is stored; a comparison itself writes nothing."""
    chance = random.Random(7)
    for _ in range(25):
        _edit_files(shelf, chance)
        await _edit_stored(shelf, chance)
        prune = chance.random() < 0.3
        before = shelf.dump()
        predicted = await shelf.plan(prune=prune)
        assert shelf.dump() == before
        apply_changes(shelf.database, await shelf.plan(prune=prune), None)
        shelf.clock.advance(minutes=1)

        changed = [(one.kind, str(one.action)) for one in predicted if one.is_changing]
        assert sorted(changed) == sorted(_happened(before, shelf.dump()))


def _edit_files(shelf, chance):
    for _ in range(chance.randint(0, 2)):
        code = chance.choice("abc")
        words = chance.choice(("Hi", "Hello"))
        time = chance.choice(("09:00", "7:30", "07:30"))
        shelf.put(
            **chance.choice(
                (
                    {f"templates__{code}": f'{{"text": "{words} {{{{ who }}}}"}}'},
                    {f"senders__{code}": SHOP + f'priority = "{chance.choice(("LOW", "HIGH"))}"\n'},
                    {f"reports__{code}": SALES.replace("Sales", code).replace("09:00", time)},
                    {f"reports__{code}": SALES.replace("Sales", f"{words} {code}")},
                )
            )
        )
    files = [one for one in sorted(shelf.path.rglob("*")) if one.is_file()]
    if len(files) > 1 and chance.random() < 0.4:
        chance.choice(files).unlink()
    shelf.put(templates__always=ORDER)


async def _edit_stored(shelf, chance):
    odd = chance.random()
    if odd < 0.2:
        await shelf.templates.put(TENANT, NewTemplate("a", '{"text": "Ours"}'), by="ben")
    elif odd < 0.5:
        actor = Actor(TENANT, "T1", ADA)
        found, _ = await shelf.office.reports.list(actor)
        for report in found[:1]:
            if odd < 0.3:
                await shelf.office.reports.delete(actor, report.id)
            elif odd < 0.4:
                await shelf.office.reports.change(actor, report.id, {"description": "Ours"})
            else:
                await shelf.office.reports.set_enabled(actor, report.id, is_enabled=False)


def _happened(before, after):
    """Yield what has become of templates, senders and reports, by their rows."""
    newest = [_versions(dump) for dump in (before, after)]
    for code, version in newest[1].items():
        if newest[0].get(code) != version:
            yield "template", "change" if code in newest[0] else "create"
    for kind, key in (("sender", "code"), ("report", "id")):
        rows = [{row[key]: row for row in dump[kind]} for dump in (before, after)]
        for one in rows[0].keys() | rows[1].keys():
            old, new = rows[0].get(one), rows[1].get(one)
            if old != new:
                yield kind, "create" if old is None else "delete" if new is None else "change"


def _versions(dump):
    found: dict[str, int] = {}
    for row in dump["stored_template"]:
        found[row["code"]] = max(row["version"], found.get(row["code"], 0))
    return found


async def test_what_changed_since_it_was_compared_is_not_overwritten(shelf):
    """Whoever was faster stays, nothing of the folder is stored, and it is told."""
    shelf.put(templates__order=ORDER, senders__shop=SHOP, reports__sales=SALES)
    await shelf.apply()
    shelf.put(
        templates__order=ORDER.replace("Order", "Parcel"),
        reports__sales=SALES.replace("09:00", "10:00"),
    )
    changes = await shelf.plan()
    actor = Actor(TENANT, "T1", ADA)
    (report,), _ = await shelf.office.reports.list(actor)
    await shelf.office.reports.change(actor, report.id, {"description": "Ours"})
    before = shelf.dump()

    with pytest.raises(ConflictError, match="run the command again"):
        apply_changes(shelf.database, changes, None)
    assert shelf.dump() == before


async def test_of_two_at_once_one_wins_and_the_other_is_told(shelf):
    """Both have compared before either has stored."""
    shelf.put(templates__order=ORDER, senders__shop=SHOP, reports__sales=SALES)
    plans = [await shelf.plan(), await shelf.plan()]
    applied = [asyncio.to_thread(apply_changes, shelf.database, one, None) for one in plans]
    results = await asyncio.gather(*applied, return_exceptions=True)

    assert sorted(type(one).__name__ for one in results) == ["ConflictError", "NoneType"]
    dump = shelf.dump()
    assert [len(dump[name]) for name in ("stored_template", "sender", "report")] == [1, 1, 1]


async def test_a_settings_file_that_cannot_be_replaced_stops_the_rest(shelf, tmp_path):
    """It comes last, in the same transaction."""
    shelf.put(templates__order=ORDER)
    changes = await shelf.plan()
    swap = SettingsSwap(b"[http]\n", tmp_path / "gone" / "opsbell.toml")
    with pytest.raises(UnavailableError, match="cannot be replaced"):
        apply_changes(shelf.database, changes, swap)
    in_force = tmp_path / "opsbell.toml"
    swap = SettingsSwap(b"[http]\n", in_force)
    in_force.write_text("[reports]\n")
    with pytest.raises(ConflictError, match="was changed meanwhile"):
        apply_changes(shelf.database, changes, swap)

    assert shelf.dump()["stored_template"] == []
    assert in_force.read_text() == "[reports]\n"


KILLED = """
import os, signal, sys
from bot.db import Database
from bot.as_code.change import Action, Change
from bot.as_code.plan import apply_changes
from bot.messages.templates.store import NewTemplate, add_version
from datetime import UTC, datetime

def store(session):
    add_version(session, "default", None, NewTemplate("half", "{}"), "ada", datetime.now(UTC))
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)

url = sys.stdin.read()
apply_changes(Database(url), [Change(Action.CREATE, "template", "half", store=store)], None)
"""


def test_a_command_that_is_killed_has_stored_nothing(shelf):
    """All of it is one transaction."""
    url = shelf.database.url.render_as_string(hide_password=False)
    url = url.replace("postgresql+psycopg", "postgresql")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED],
        input=url,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    assert shelf.dump()["stored_template"] == []


async def test_a_template_that_cannot_be_rendered_is_told_with_all_else_that_is_wrong(shelf):
    """Each with its file and field; nothing is stored."""
    shelf.put(
        templates__order='{"text": "{{ order"}',
        templates__fine=ORDER,
        senders__shop='channel = "C0OPS00003"\n' + SHOP,
        senders__other='workspace = "mial"\n',
        reports__sales=SALES.replace("from sales", "from nowhere"),
    )
    with pytest.raises(InvalidError) as refused:
        await shelf.plan()

    assert [one.field for one in refused.value.problems] == [
        "templates/order.json, body",
        "senders/other.toml, workspace",
        "senders/shop.toml, allowedChannels",
        "reports/sales.toml, query",
    ]
    assert "did you mean `mail`" in refused.value.problems[1].message
    assert shelf.dump()["stored_template"] == []


async def test_what_others_did_meanwhile_is_told_and_the_file_wins(shelf):
    """By people in Slack, by the API, and by another folder."""
    shelf.put(templates__order=ORDER, senders__shop=SHOP, reports__sales=SALES)
    ours = NewTemplate("order", '{"text": "Ours"}')
    await shelf.templates.put(TENANT, ours, by="ben")
    (adopted, _, _) = await shelf.apply()
    actor = Actor(TENANT, "T1", ADA)
    (report,), _ = await shelf.office.reports.list(actor)
    await shelf.office.reports.change(actor, report.id, {"schedule": {"time": "11:00"}})
    await shelf.templates.put(TENANT, ours, by="ben")
    template, _, changed = await shelf.apply(name="other")

    assert adopted.lines[1].startswith("was not made from a file, but by ben at ")
    assert [line.partition(",")[0] for line in template.lines[1:3]] == [
        "was applied from the folder `main`: from now on this one decides",
        "was changed since it was applied",
    ]
    assert changed.action is Action.CHANGE
    assert shelf.office.report().schedule["time"] == "09:00"


async def test_what_lost_its_file_stays_until_it_is_pruned(shelf):
    """Senders and reports are deleted then; templates stay, and other folders' files too."""
    shelf.put(templates__order=ORDER, senders__shop=SHOP, reports__sales=SALES)
    await shelf.apply()
    shelf.put(templates__order=None, senders__shop=None, reports__sales=None)
    shelf.put(templates__parcel=ORDER)
    other = await shelf.plan(prune=True, name="other")
    kept = await shelf.apply()
    pruned = await shelf.apply(prune=True)

    gone = ("report", "sales"), ("sender", "shop"), ("template", "order")
    assert short(other) == [("create", "parcel")]
    assert {(one.kind, one.code) for one in kept if one.action is Action.KEEP} == set(gone)
    told = {one.code: (str(one.action), one.lines[-1]) for one in pruned if one.lines}
    assert told == {
        "sales": ("delete", f"“Sales” of {ADA} goes with its history; posts stay in Slack"),
        "shop": ("delete", "what it has accepted is still sent"),
        "order": ("keep", "parcel is the same: who names order still gets it"),
    }
    assert short(await shelf.apply(prune=True)) == [("same", "parcel")]
    dump = shelf.dump()
    assert (dump["sender"], dump["report"], len(dump["applied_file"])) == ([], [], 1)
