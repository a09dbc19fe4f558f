"""The worker processes that all tests share: they start when a test needs one."""

from bot.messages.rendering.workers import Workers
from bot.messages.templates.isolation import Isolation

ISOLATION = Isolation(Workers())
