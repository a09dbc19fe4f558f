"""The worker processes that all tests share: they start when a test needs one."""

from bot.messages.templates.isolation import Isolation
from bot.messages.workers.pool import Workers
from bot.messages.workers.process import Limits

#: Where a test is about what a job may not take, it does not wait long for it.
ISOLATION = Isolation(Workers(Limits(memory_mb=256)))
