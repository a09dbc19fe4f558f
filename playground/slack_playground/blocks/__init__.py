"""
Block Kit as Slack takes it: what it refuses, and what it makes of the rest.

Strict on purpose: a payload that passes here passes Slack, not the other way round.
"""

from slack_playground.blocks.messages import validate_message
from slack_playground.blocks.normalisation import normalise_blocks, walk_text_objects
from slack_playground.blocks.problem import API_ERRORS, Problem
from slack_playground.blocks.schema import Surface
from slack_playground.blocks.validation import validate_blocks
from slack_playground.blocks.views import validate_view

__all__ = [
    "API_ERRORS",
    "Problem",
    "Surface",
    "normalise_blocks",
    "validate_blocks",
    "validate_message",
    "validate_view",
    "walk_text_objects",
]
