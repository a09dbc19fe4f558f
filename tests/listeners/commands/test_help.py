"""The grammar, told to people."""

import pytest

from bot.errors import InvalidError
from listeners.commands.grammar import AREAS, usage_lines
from listeners.commands.help import help_text


def test_the_short_help_names_everything() -> None:
    """Nothing that can be said is missing, nor is the short cut."""
    text = help_text()
    assert all(line in text for line in usage_lines())
    assert "`/task` for `/ops task`" in text


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.name)
def test_the_help_of_an_area_is_about_it_alone(area) -> None:
    """An area's help has its lines and no other's."""
    text = help_text(area.name.upper())
    assert [line in text for line in usage_lines()] == [
        line in usage_lines(area) for line in usage_lines()
    ]


def test_the_help_of_nothing_suggests_something() -> None:
    """A misspelt area is answered with the nearest one."""
    with pytest.raises(InvalidError, match="Did you mean `help task`"):
        help_text("tasks")
