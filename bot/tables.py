"""Every table, in one place: importing this fills SQLModel's metadata."""

from bot.alerts.models import Alert, AlertCheck, AlertRerun, AlertTrouble, Silence
from bot.http.idempotency import IdempotencyRecord
from bot.messages.models import (
    DeadLetter,
    Destination,
    Event,
    LaneLease,
    Message,
    MessageTotal,
    Sender,
    StoredTemplate,
)
from bot.tasks.models import Task
from bot.workspaces.models import Workspace, WorkspaceToken

TABLES = (
    Alert,
    AlertCheck,
    AlertRerun,
    AlertTrouble,
    DeadLetter,
    Destination,
    Event,
    IdempotencyRecord,
    LaneLease,
    Message,
    MessageTotal,
    Sender,
    Silence,
    StoredTemplate,
    Task,
    Workspace,
    WorkspaceToken,
)
