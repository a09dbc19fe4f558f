"""Every table, in one place: importing this fills SQLModel's metadata."""

from bot.http.idempotency import IdempotencyRecord
from bot.messages.models import Event, LaneLease, Message
from bot.tasks.models import Task
from bot.workspaces.models import Workspace

TABLES = (Event, IdempotencyRecord, LaneLease, Message, Task, Workspace)
