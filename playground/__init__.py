"""
A Slack workspace on this machine: Web API, Socket Mode, people and a page.

It knows nothing of any particular app. `python -m playground` runs it alone;
`async with Playground() as playground` runs it inside a test.
"""

from playground.clock import HandClock, RealClock
from playground.config import PlaygroundConfig
from playground.people.outcome import Outcome
from playground.playground import Playground

__all__ = ["HandClock", "Outcome", "Playground", "PlaygroundConfig", "RealClock"]
