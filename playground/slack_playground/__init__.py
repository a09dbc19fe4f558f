"""
A Slack workspace on this machine: Web API, Socket Mode, people and a page.

It knows nothing of any particular app. `python -m slack_playground` runs it alone;
`async with Playground() as playground` runs it inside a test.
"""

from slack_playground.config import PlaygroundConfig
from slack_playground.people.outcome import Outcome
from slack_playground.playground import Playground
from slack_playground.synchronous import SyncPlayground
from slack_playground.timing.clock import HandClock, RealClock

__all__ = [
    "HandClock",
    "Outcome",
    "Playground",
    "PlaygroundConfig",
    "RealClock",
    "SyncPlayground",
]
