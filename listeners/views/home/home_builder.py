"""App Home. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.alerts.display import SEVERAL
from bot.alerts.incident_lifecycle import STORM, TroubleType
from bot.alerts.models import Silence, SilenceReason
from bot.alerts.service import AlertWithTasks
from bot.leaderboards.ranking import Ranking
from bot.messages.models import Message
from bot.messages.rendering.truncation import truncate
from bot.reports.models import Report
from bot.subscriptions.models import Preference, Subscription
from bot.tasks.models import Task, TaskStatus
from listeners.views import rich_text_parts
from listeners.views.alert_list_builder import STATE_WORDS, silence_parts
from listeners.views.health_builder import (
    MAX_SHOWN_LANES,
    bus_sentence,
    lane_sentence,
    socket_sentence,
)
from listeners.views.home.home_parts import (
    Block,
    home_button,
    home_header,
    home_sentence,
    more_hint,
)
from listeners.views.home.leaderboards_builder import leaderboard_lines
from listeners.views.home.subscription_list_builder import subscribed_to
from listeners.views.reports.report_words import schedule_words, state_words
from listeners.views.tasks.task_words import face, message_url, name, place_url

# At most two blocks for each line: with the headings these stay below Slack's 100.
# https://docs.slack.dev/reference/views/home-tab-views
MAX_ALERTS = 10
MAX_DEAD_LETTERS = 5
MAX_TASKS = 8
MAX_SHOWN_SUBSCRIPTIONS = 6
MAX_SHOWN_SILENCES = 5
MAX_REPORTS = 6
CALLBACK_ID = "home"


@dataclass(frozen=True)
class HomeFacts:
    """What a person's Home shows. Give one more than its maximum of each, to tell that there is."""

    alerts: Sequence[AlertWithTasks]
    silences: Sequence[Silence]
    dead_letters: Sequence[Message]  # those that the person asked for
    running: Sequence[tuple[Task, str | None]]
    reports: Sequence[Report]
    leaderboards: Sequence[Ranking]
    subscriptions: Sequence[Subscription]
    preference: Preference | None
    health: dict[str, Any]
    workspace_url: str
    at: datetime


def build_home(facts: HomeFacts) -> dict[str, Any]:
    """Return the view that `views.publish` takes."""
    return {
        "type": "home",
        "callback_id": CALLBACK_ID,
        "blocks": [
            *_attention(facts),
            *_silences(facts.silences),
            {"type": "divider"},
            *_running(facts),
            {"type": "divider"},
            *_report_lines(facts),
            {"type": "divider"},
            *leaderboard_lines(facts.leaderboards),
            *_subscriptions(facts),
            {"type": "divider"},
            *_preferences(facts.preference),
            {"type": "divider"},
            *_health(facts),
        ],
    }


def build_home_notice(words: str) -> dict[str, Any]:
    """Return a Home that says *words*, mrkdwn of our own making, and nothing else."""
    text = truncate(words, 3_000) or "Nothing to show."
    return {
        "type": "home",
        "callback_id": CALLBACK_ID,
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}],
    }


def _attention(facts: HomeFacts) -> list[Block]:
    blocks = [home_header("Needs attention")]
    for one in facts.alerts[:MAX_ALERTS]:
        blocks += _alert(one, facts.workspace_url)
    blocks += more_hint(facts.alerts, MAX_ALERTS, "/ops alert list")
    for letter in facts.dead_letters[:MAX_DEAD_LETTERS]:
        blocks += _dead_letter(letter)
    blocks += more_hint(facts.dead_letters, MAX_DEAD_LETTERS, "/ops delivery dead")
    if not facts.alerts and not facts.dead_letters:
        blocks.append(home_sentence("✅ All clear."))
    return blocks


def _alert(one: AlertWithTasks, workspace_url: str) -> list[Block]:
    alert, held = one.found.alert, one.found.held
    kind = f"Storm: {SEVERAL}" if alert.fingerprint == STORM else alert.task
    url = place_url(workspace_url, alert.channel or "", one.ts) if alert.channel else None
    line = rich_text_parts.section(
        rich_text_parts.text_part("🔴 "),
        rich_text_parts.text_part(
            f"{kind} {STATE_WORDS[alert.type]} ({len(held)})", 120, bold=True
        ),
        rich_text_parts.text_part(" · "),
        rich_text_parts.date_part(alert.opened_at, "{ago}"),
        *(
            [rich_text_parts.text_part(" · "), rich_text_parts.link_part(url, "message")]
            if url
            else []
        ),
    )
    can_retry = alert.type == TroubleType.FAILED and any(
        task is not None and task.runner and task.status == TaskStatus.FAILED for _, task in held
    )
    buttons = [
        home_button("Acknowledge", "alert_acknowledge", alert.id, style="primary"),
        *([_retry_all(alert.id)] if can_retry else []),
        home_button("Snooze", "alert_snooze", alert.id),
        {
            "type": "overflow",
            "action_id": "alert_more",
            "options": [
                _menu_option("Snooze until morning", f"morning {alert.id}"),
                _menu_option("Resolve", f"resolve {alert.id}"),
                _menu_option("Case file", f"case_file {alert.id}"),
            ],
        },
    ]
    return [rich_text_parts.rich_text(line), {"type": "actions", "elements": buttons}]


def _retry_all(alert_id: str) -> Block:
    """Return the button with the question that it asks in the alert's message, too."""
    text = "One task is retried first. If it completes, the others follow until one fails again."
    asked = _confirm("Retry all?", text, "Retry", "Not Now", style="primary")
    return home_button("Retry all", "alert_retry", alert_id, confirm=asked)


def _dead_letter(letter: Message) -> list[Block]:
    line = rich_text_parts.section(
        rich_text_parts.text_part("✉️ Not delivered: "),
        rich_text_parts.text_part(letter.template, 80, bold=True),
        rich_text_parts.text_part(" to "),
        rich_text_parts.place_part(letter.channel),
        rich_text_parts.text_part(f" · {letter.error or 'unknown'}", 100),
        *(
            [rich_text_parts.text_part(" · "), rich_text_parts.date_part(letter.dead_at, "{ago}")]
            if letter.dead_at
            else []
        ),
    )
    asked = _confirm("Replay?", "It will be sent again.", "Replay", "Not Now", style="primary")
    button = home_button("Replay", "home_replay", letter.id, confirm=asked)
    return [rich_text_parts.rich_text(line), {"type": "actions", "elements": [button]}]


def _silences(silences: Sequence[Silence]) -> list[Block]:
    """Return what nobody is told of, each with the button that ends it; nothing if all is told."""
    if not silences:
        return []
    blocks: list[Block] = [{"type": "divider"}, home_header("No alerts for")]
    for one in silences[:MAX_SHOWN_SILENCES]:
        label = "Unmute" if one.reason == SilenceReason.MUTED else "End Maintenance"
        button = home_button(label, "home_end_silence", f"{one.reason} {one.task}")
        line = rich_text_parts.rich_text(rich_text_parts.section(*silence_parts(one)))
        blocks += [line, {"type": "actions", "elements": [button]}]
    return [*blocks, *more_hint(silences, MAX_SHOWN_SILENCES, "/ops alert list")]


def _running(facts: HomeFacts) -> list[Block]:
    blocks = [home_header("Running tasks")]
    for task, ts in facts.running[:MAX_TASKS]:
        url = message_url(task, ts, facts.workspace_url)
        progress = f" · {task.progress} %" if task.progress is not None else ""
        line = rich_text_parts.section(
            rich_text_parts.text_part(f"{face(task)}  "),
            rich_text_parts.text_part(name(task), 80, bold=True),
            rich_text_parts.text_part(f"{progress} · since "),
            rich_text_parts.date_part(task.started_at or task.created_at, "{time}"),
            *(
                [rich_text_parts.text_part(" · "), rich_text_parts.link_part(url, "message")]
                if url
                else []
            ),
        )
        cancel = {
            **home_button("Cancel", "task_cancel", task.id, style="danger"),
            "confirm": _confirm("Cancel this task?", name(task), "Cancel Task", "Keep Running"),
        }
        blocks += [rich_text_parts.rich_text(line), {"type": "actions", "elements": [cancel]}]
    blocks += more_hint(facts.running, MAX_TASKS, "/ops task list running")
    if not facts.running:
        blocks.append(home_sentence("Nothing is running."))
    run = home_button("Run a task", "home_run_task", "run")
    return [
        *blocks,
        {"type": "actions", "elements": [run, home_button("Refresh", "home_refresh", "-")]},
    ]


def _report_lines(facts: HomeFacts) -> list[Block]:
    """Return the person's reports, each with its next run."""
    blocks = [home_header("My reports")]
    for report in facts.reports[:MAX_REPORTS]:
        symbol = "📊" if report.is_enabled else "⏸️"
        words = f"{symbol} {truncate(report.name, 100)} · {schedule_words(report.schedule)}"
        if report.failures:
            words += " · its last run failed"
        text = {
            "type": "plain_text",
            "text": truncate(f"{words}\n{state_words(report)}", 400),
            "emoji": False,
        }
        button = home_button("Run Again", "report_run", report.id)
        blocks.append({"type": "section", "text": text, "accessory": button})
    blocks += more_hint(facts.reports, MAX_REPORTS, "/ops report list")
    if not facts.reports:
        blocks.append(home_sentence("None yet: ask a database every morning, and read it here."))
    button = home_button("New Report", "home_new_report", "report")
    return [*blocks, {"type": "actions", "elements": [button]}]


def _subscriptions(facts: HomeFacts) -> list[Block]:
    blocks = [home_header("My subscriptions")]
    for one in facts.subscriptions[:MAX_SHOWN_SUBSCRIPTIONS]:
        words = f"{one.pattern} · {subscribed_to(one)}"
        text = {"type": "plain_text", "text": truncate(words, 250), "emoji": False}
        button = home_button("Unsubscribe", "home_unsubscribe", one.pattern)
        blocks.append({"type": "section", "text": text, "accessory": button})
    blocks += more_hint(facts.subscriptions, MAX_SHOWN_SUBSCRIPTIONS, "/ops subscriptions")
    if not facts.subscriptions:
        blocks.append(home_sentence("None: you are not notified of any tasks directly."))
    button = home_button("Subscribe", "home_subscribe", "subscribe")
    return [*blocks, {"type": "actions", "elements": [button]}]


def _preferences(preference: Preference | None) -> list[Block]:
    change = home_button("Change", "home_preferences", "preferences")
    words = preference_words(preference)
    text = {"type": "plain_text", "text": words, "emoji": False}
    return [home_header("Preferences"), {"type": "section", "text": text, "accessory": change}]


def preference_words(preference: Preference | None) -> str:
    """Return in a sentence how a person is told."""
    if preference is None:
        return "You are notified at once, at any hour."
    often = "once a day, in a digest" if preference.is_once_a_day else "at once"
    if preference.quiet_hours is None:
        return f"You are notified {often}, at any hour ({preference.timezone})."
    start, _, end = preference.quiet_hours.partition("-")
    return (
        f"You are notified {often}; quiet from {start} to {end} ({preference.timezone}),"
        " followed by a digest."
    )


def _health(facts: HomeFacts) -> list[Block]:
    lanes = facts.health["lanes"][:MAX_SHOWN_LANES]
    sentences = [socket_sentence(facts.health["socket"]), *map(lane_sentence, lanes)]
    sentences += [bus_sentence(*one) for one in (facts.health.get("bus") or {}).items()]
    parts = [rich_text_parts.text_part(f"• {sentence}\n", 300) for sentence in sentences]
    seen = rich_text_parts.section(
        rich_text_parts.text_part("As of "), rich_text_parts.date_part(facts.at)
    )
    return [
        home_header("Health of the bot"),
        rich_text_parts.rich_text(rich_text_parts.section(*parts), seen),
    ]


def _menu_option(label: str, value: str) -> Block:
    return {"text": {"type": "plain_text", "text": label}, "value": value}


def _confirm(title: str, text: str, confirm: str, deny: str, style: str = "danger") -> Block:
    return {
        "title": {"type": "plain_text", "text": title},
        "text": {"type": "plain_text", "text": truncate(text, 200), "emoji": False},
        "confirm": {"type": "plain_text", "text": confirm},
        "deny": {"type": "plain_text", "text": deny},
        "style": style,
    }
