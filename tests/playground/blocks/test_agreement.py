"""
Our limits against an independent table: the package slackblocks.

Where the two differ, the difference is written down here with its reason;
a new version of the package that knows more makes a test fail.
"""

import pytest
from slack_playground.blocks.kinds.catalogue import BLOCKS, blocks_on
from slackblocks import _limits, _surfaces

from tests.playground.blocks.block_limits import BLOCK_LIMITS
from tests.playground.blocks.limits import ELEMENT_LIMITS

OURS = {limit.spot: limit.most for limit in (*ELEMENT_LIMITS, *BLOCK_LIMITS)}
ENDINGS = ("_MAX_LENGTH", "_MAX_ITEMS", "_MAX", "")

# Slack's page says "less than 200 characters" and "less than 50", so one fewer fits.
STRICTER = {"VIDEO_TITLE": (199, 200), "VIDEO_AUTHOR_NAME": (49, 50)}

# Theirs under other names, or checked in test_limits.py by a test of its own.
ELSEWHERE = {
    "TEXT_MAX_LENGTH": "SECTION_TEXT",
    "CARD_ACTIONS_MAX_ITEMS": "CARD_ACTIONS",
    "DATA_TABLE_TOTAL_CONTENT_MAX_LENGTH": "DATA_TABLE_CONTENT",
    "MARKDOWN_TOTAL_TEXT_MAX_LENGTH": "MARKDOWN_TEXT",
    "SECTION_FIELDS_ITEM_MAX_LENGTH": "SECTION_FIELDS_ITEM",
}
IN_OTHER_TESTS = {
    "MESSAGE_BLOCKS_MAX_ITEMS": 50,
    "MESSAGE_ATTACHMENTS_MAX_ITEMS": 100,
    "MESSAGE_DATA_VISUALIZATIONS_MAX_ITEMS": 2,
    "VIEW_BLOCKS_MAX_ITEMS": 100,
    "VIEW_PRIVATE_METADATA_MAX_LENGTH": 3000,
    "VIEW_CALLBACK_ID_MAX_LENGTH": 255,
    "VIEW_EXTERNAL_ID_MAX_LENGTH": 255,
    "VIEW_TITLE_MAX_LENGTH": 24,
    "VIEW_CLOSE_MAX_LENGTH": 24,
    "VIEW_SUBMIT_MAX_LENGTH": 24,
    "DISPATCH_ACTION_CONFIGURATION_TRIGGER_ACTIONS_ON_MAX_ITEMS": 2,
}
THEIRS = {
    name: value
    for name, value in vars(_limits).items()
    if isinstance(value, int) and name.endswith(("_MAX_LENGTH", "_MAX_ITEMS", "_MAX"))
}

# A block's surfaces where we differ: ours, theirs.
SURFACES = {
    # They do not know these two.
    ("call", "message"): (True, False),
    ("auth_provider", "message"): (True, False),
}


def _our_figure(name: str) -> int | None:
    for ending in ENDINGS:
        spot = name.removesuffix(ending) if ending else name
        if name.endswith(ending) and spot in OURS:
            return OURS[spot]
    return OURS.get(ELSEWHERE.get(name, ""), IN_OTHER_TESTS.get(name))


@pytest.mark.parametrize("name", THEIRS)
def test_a_limit_of_theirs_is_ours(name):
    """Each upper limit they know is known here, with the same figure or an agreed smaller one."""
    figures = {name.removesuffix(ending) for ending in ENDINGS if ending}
    agreed = next((STRICTER[figure] for figure in figures if figure in STRICTER), None)
    assert (agreed or (THEIRS[name], THEIRS[name])) == (_our_figure(name), THEIRS[name])


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
@pytest.mark.parametrize("type_", BLOCKS)
def test_a_block_stands_where_they_say(type_, surface):
    """Each block stands on the surfaces they know, or on fewer by agreement."""
    ours = type_ in blocks_on(surface)
    theirs = type_ in _surfaces._BLOCK_TYPES_BY_SURFACE[surface]
    assert SURFACES.get((type_, surface), (theirs, theirs)) == (ours, theirs)
