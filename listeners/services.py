"""The services that listeners may call; filled in once by the composition root."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.alerts.reruns import Reruns
from bot.alerts.service import Alerts
from bot.boards.service import Boards
from bot.case_files.service import CaseFiles
from bot.clock import Clock, SystemClock
from bot.config_file import ConfigFile
from bot.leaderboards.service import Leaderboards
from bot.messages.dead_letters.notices import DeadLetters
from bot.messages.requests.service import Requests
from bot.reports.service import Reports
from bot.reports.thread_answers import ReportAnswers
from bot.subscriptions.service import Subscriptions
from bot.tasks.creation import Owner
from bot.tasks.intake import Intake
from bot.tasks.service import Tasks
from bot.workspaces.access import Rights
from bot.workspaces.directory import Directory
from bot.workspaces.gate import Gate


@dataclass(frozen=True)
class ListenerServices:
    """
    Every field can be named as a parameter of a listener (`listeners.injection`).

    `kinds` returns the kinds of tasks a person can choose from, the likeliest first. `health`
    returns what `/ops health` tells in words: `socket` and `lanes`, as the API shows them.
    `report_sources` returns the names of what a tenant's reports may ask.
    `bot_name` is what people type after `/invite @`. `workspace_url` is what auth.test says;
    without it, links to messages are made from the workspace's domain on slack.com. `slack` calls
    Slack for the workspace, and `bot_user_id` is the bot there; None: those of the Bolt app.
    `lose_workspace` is called when Slack says that a workspace's token is void since a time.
    """

    tasks: Tasks
    intake: Intake
    alerts: Alerts
    reruns: Reruns
    subscriptions: Subscriptions
    boards: Boards
    requests: Requests
    dead_letters: DeadLetters
    case_files: CaseFiles
    gate: Gate
    rights: Rights
    directory: Directory
    owner_of: Callable[[str], Owner]
    config: ConfigFile
    kinds: Callable[[Owner], Awaitable[list[str]]]
    health: Callable[[], dict[str, Any]]
    leaderboards: Leaderboards
    reports: Reports
    report_answers: ReportAnswers
    report_sources: Callable[[str], Sequence[str]]
    environment: str | None = None
    bot_name: str = "Opsbell"
    workspace_url: str | None = None
    clock: Clock = field(default_factory=SystemClock)
    slack: AsyncWebClient | None = None
    bot_user_id: str | None = None
    lose_workspace: Callable[[str, str, datetime], Awaitable[bool]] | None = None
