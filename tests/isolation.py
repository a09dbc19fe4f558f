"""The worker processes that all tests share: they start when a test needs one."""

from bot.messages.templates.isolation import Isolation
from bot.messages.workers.pool import Workers

ISOLATION = Isolation(Workers())
