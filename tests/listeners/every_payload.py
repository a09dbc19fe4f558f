"""
Everything that people can press, type, submit and write in the branch, with an id in it.

The branch is a workspace that has the same channels and people as that of SLACK_BOT_TOKEN.
"""

import json
from collections.abc import Iterator
from typing import Any

from slack_playground import Playground
from slack_playground.hands import Hands

import listeners
from listeners.commands import HANDLERS
from listeners.commands.grammar import SHORT_CUTS
from listeners.views.reports.form_builder import REPORT_FORM
from tests.bot.http.tenant_cases import CHANNEL, PERSON, SECRET, SHARED, Known
from tests.listeners.payloads import Body, click, interaction, submission
from tests.listeners.test_registration import Registrar, names

HOME, BRANCH = "T0PLAYGRND", "T0BRANCH01"
BRANCH_TOKEN = "xoxb-branch-bot"
#: What the forms ask for: each must get as far as its service.
ID_FIELDS = ("kind", "subject", "pattern", "which", "often", "reason", "question", "name")
ANSWERS = {
    "channel": {"selected_conversation": CHANNEL},
    "slack_config.slack_channel": {"selected_conversation": CHANNEL},
    "payload": {"value": "{}"},
    "query": {"value": "select count(*) as n from tasks"},
    "timezone": {"value": "UTC"},
    "schedule.timezone": {"value": "UTC"},
    "schedule.time": {"selected_time": "09:00"},
    "quiet_from": {"selected_time": "22:00"},
    "quiet_until": {"selected_time": "07:00"},
}
#: Inputs that are heard while a form stands open, and nowhere else.
IN_FORMS = {"report_frequency", "report_where", "report_preview"}
#: Kind, name and listener of each.
Registered = list[tuple[str, Any, Any]]


def ids_of(known: Known) -> list[str]:
    """Return every id that somebody could put into a button, a form or a command."""
    named = [known.alert_id, known.message_id, known.report_id, known.execution_id]
    return [SECRET, SHARED, *named, f"resolve {known.alert_id}"]


def in_branch(body: Body, branch: Hands) -> Body:
    """Return a payload as the branch sends it: the same person and channel, another team."""
    team = {"id": BRANCH, "domain": "branch"}
    user = {**body["user"], "team_id": BRANCH}
    workspace = branch.workspace
    trigger = workspace.triggers.issue(workspace.state, PERSON)
    sent = {**body, "team": team, "user": user, "trigger_id": trigger}
    if "response_url" in body:
        secret = workspace.response_urls.issue(CHANNEL, PERSON, ts="1.1")
        sent["response_url"] = f"{workspace.address}/actions/{BRANCH}/{secret}"
    return sent


def payloads(known: Known, playground: Playground, branch: Hands, view_id: str) -> Iterator[Body]:
    """Yield everything that is registered, with everything of the other tenant's in it."""
    registered = registrations()
    for one in ids_of(known):
        yield from presses(registered, one, playground, branch, view_id)
        yield from commands_about(registered, one, branch)
        yield from (step_with(name, one) for name in sorted(names(registered, "function")))
    for callback_id in sorted(names(registered, "shortcut", "global_shortcut")):
        yield in_branch({**interaction("shortcut", playground), "callback_id": callback_id}, branch)
    for callback_id in sorted(names(registered, "message_shortcut")):
        body = {
            **click("x", "x", playground=playground),
            "type": "message_action",
            "callback_id": callback_id,
            "message_ts": known.ts,
            "message": {"ts": known.ts, "team": HOME},
        }
        yield in_branch(body, branch)
    yield ops_command(
        f"why https://branch.slack.com/archives/{CHANNEL}/p{known.ts.replace('.', '')}", branch
    )
    yield from commands_about(registered, "", branch)
    # Those of an installation are older than the branch's, so that it stays.
    heard_events = enumerate(sorted(names(registered, "event")))
    yield from (event_about(name, number, known) for number, name in heard_events)


def presses(
    registered: Registered, one: str, playground: Playground, branch: Hands, view_id: str
) -> Iterator[Body]:
    """Yield every button with an id, in a message and in a form, and every form."""
    for action_id in sorted(names(registered, "action")):
        body = in_branch(click(action_id, one, playground=playground), branch)
        option = {"value": one, "text": {"type": "plain_text", "text": "x"}}
        body["actions"][0]["selected_option"] = option
        if action_id not in IN_FORMS:
            yield body
        yield {**in_branch(body, branch), "view": {**filled_form(REPORT_FORM, one), "id": view_id}}
    for callback_id in sorted(names(registered, "view_submission")):
        yield in_branch(submission(filled_form(callback_id, one), playground=playground), branch)


def commands_about(registered: Registered, one: str, branch: Hands) -> Iterator[Body]:
    """Yield every command and its short forms, with an id or without one."""
    for command in sorted(names(registered, "command")):
        area_of_short_cut = SHORT_CUTS.get(command)
        for area, verb in sorted(HANDLERS):
            if area_of_short_cut in (None, area):
                words = (None if area_of_short_cut else area, verb, one)
                yield ops_command(" ".join(filter(None, words)), branch, command)


def registrations() -> Registered:
    registrar = Registrar()
    listeners.register(registrar, None)  # type: ignore[arg-type] # nothing is called
    return registrar.kept


def step_with(callback_id: str, one: str) -> Body:
    """Return a step of a workflow in the branch, with an id wherever one can stand."""
    body = event_about("function_executed", 0, Known(*[one] * 7))
    body["event"] |= {
        "function": {"callback_id": callback_id},
        "inputs": {"kind": one, "channel": CHANNEL, "subject": one, "user": PERSON},
        "function_execution_id": one,
        "workflow_execution_id": one,
        "bot_access_token": BRANCH_TOKEN,
    }
    return {**body, "event_id": f"Ev{callback_id}{one}"}


def event_about(name: str, number: int, known: Known) -> Body:
    """Return an event about the channel and the message that both workspaces have."""
    event = {
        "type": name,
        "user": PERSON,
        "team": BRANCH,
        "channel": CHANNEL,
        "tab": "home",
        "ts": "1.1",
        "thread_ts": known.ts,
        "text": "<@U0BRANCH01> what does it say?",
    }
    return {
        "type": "event_callback",
        "team_id": BRANCH,
        "event": event,
        "event_id": f"Ev0{number}",
        "event_time": 1,
        "authorizations": [{"team_id": BRANCH, "is_bot": True}],
    }


def filled_form(callback_id: str, one: str) -> Body:
    """Return a submitted form in which every field that any form has is filled."""
    answers = {**{name: {"value": one} for name in ID_FIELDS}, **ANSWERS}
    return {
        "type": "modal",
        "id": "V1",
        "team_id": BRANCH,
        "app_installed_team_id": BRANCH,
        "callback_id": callback_id,
        "private_metadata": json.dumps({"task_id": one, "attempt": 1, "id": one, "revision": 1}),
        "blocks": [{"type": "input", "block_id": name} for name in answers],
        "state": {"values": {name: {"a": answer} for name, answer in answers.items()}},
    }


def ops_command(line: str, branch: Hands, command: str = "/ops") -> Body:
    workspace = branch.workspace
    secret = workspace.response_urls.issue(CHANNEL, PERSON)
    return {
        "token": "v",
        "team_id": BRANCH,
        "team_domain": "branch",
        "channel_id": CHANNEL,
        "channel_name": "ops",
        "user_id": PERSON,
        "user_name": "ada",
        "command": command,
        "text": " ".join(line.split()),
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "response_url": f"{workspace.address}/actions/{BRANCH}/{secret}",
        "trigger_id": workspace.triggers.issue(workspace.state, PERSON),
    }
