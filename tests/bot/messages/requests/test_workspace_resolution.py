"""To which workspace a message goes."""

import pytest

from bot.errors import FieldProblem
from bot.messages.requests.workspace_resolution import workspace_of


@pytest.mark.parametrize(
    ("named", "connected", "found"),
    [(None, ["T1"], "T1"), ("T1", ["T1", "T2"], "T1"), ("T2", ["T1", "T2"], "T2")],
)
def test_the_named_one_else_the_only_one(named, connected, found):
    """What the sender names counts, and without a name there must be one alone."""
    assert found == workspace_of(named, connected)


@pytest.mark.parametrize(
    ("named", "connected"), [(None, []), (None, ["T1", "T2"]), ("T9", ["T1"]), ("T1", [])]
)
def test_what_is_not_clear_is_refused(named, connected):
    """Nothing is guessed: not among several, and not for a workspace of somebody else."""
    assert isinstance(workspace_of(named, connected), FieldProblem)
