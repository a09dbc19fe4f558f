"""Every table, in one place: importing this fills SQLModel's metadata."""

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
from bot.tasks.models import ExternalTaskId, Task, TaskLog
from bot.workspaces.models import Workspace, WorkspaceToken

TABLES = (
    DeadLetter,
    Destination,
    Event,
    ExternalTaskId,
    IdempotencyRecord,
    LaneLease,
    Message,
    MessageTotal,
    Sender,
    StoredTemplate,
    Task,
    TaskLog,
    Workspace,
    WorkspaceToken,
)
