"""
Block Kit as Slack takes it: what it refuses, and what it makes of the rest.

Strict on purpose: a payload that passes here passes Slack, not the other way round.
"""

from playground.blocks.messages import validate_message
from playground.blocks.normalisation import normalise_blocks, walk_text_objects
from playground.blocks.problem import API_ERRORS, Problem
from playground.blocks.schema import Surface
from playground.blocks.validation import validate_blocks
from playground.blocks.views import validate_view

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
