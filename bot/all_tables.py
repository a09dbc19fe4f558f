"""Every table, in one place: importing this fills SQLModel's metadata."""

from bot.alerts.models import Alert, AlertCheck, AlertRecord, AlertRerun, AlertTrouble, Silence
from bot.applied_files.models import AppliedFile
from bot.boards.models import TaskBoard
from bot.event_bus.models import BusCursor, BusNotice
from bot.http.idempotency import IdempotencyRecord
from bot.http.mcp.confirmations import Confirmation
from bot.leaderboards.models import LeaderboardDue, LeaderboardPost, LeaderboardSample
from bot.messages.models import (
    DeadLetter,
    Event,
    LaneLease,
    Message,
    MessageTotal,
    RefusedKind,
    Sender,
    StoredTemplate,
    SuspendedChannel,
)
from bot.outages.models import OutageWatch
from bot.reports.models import ModelSpending, Report, ReportResult, ReportRun
from bot.subscriptions.models import EndNotice, Preference, Subscription
from bot.tasks.models import ExternalTaskId, ReportReceipt, Task, TaskLog
from bot.telemetry.models import SelfCheck
from bot.workspaces.installation import Invitation
from bot.workspaces.models import Workspace, WorkspaceToken

TABLES = (
    Alert,
    AlertCheck,
    AlertRecord,
    AlertRerun,
    AlertTrouble,
    AppliedFile,
    BusCursor,
    BusNotice,
    Confirmation,
    DeadLetter,
    EndNotice,
    SuspendedChannel,
    Event,
    ExternalTaskId,
    IdempotencyRecord,
    Invitation,
    LaneLease,
    LeaderboardDue,
    LeaderboardPost,
    LeaderboardSample,
    Message,
    MessageTotal,
    ModelSpending,
    OutageWatch,
    Preference,
    RefusedKind,
    Report,
    ReportReceipt,
    ReportResult,
    ReportRun,
    SelfCheck,
    Sender,
    Silence,
    StoredTemplate,
    Subscription,
    Task,
    TaskLog,
    TaskBoard,
    Workspace,
    WorkspaceToken,
)
