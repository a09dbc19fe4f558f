"""Show a job's life in Slack without ever being able to break the job."""

from __future__ import annotations

from .task import Task
from .tracking import run_with_slack, track

__all__ = ["Task", "run_with_slack", "track"]
