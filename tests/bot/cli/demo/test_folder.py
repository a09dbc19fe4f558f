"""What the demo may empty, and what it must leave alone."""

import pytest

from bot.cli.demo.error import DemoError
from bot.cli.demo.folder import fresh_folder


def test_a_demo_finds_its_folder_empty(tmp_path):
    """What the last demo left there is gone, folders too."""
    with fresh_folder(tmp_path / "demo") as folder:
        (folder / "spool").mkdir()
        (folder / "spool" / "one").write_text("old")
        (folder / "opsbell.db").write_text("old")

    with fresh_folder(tmp_path / "demo") as folder:
        assert [entry.name for entry in folder.iterdir()] == [".opsbell-demo"]


def test_a_second_demo_leaves_the_first_alone(tmp_path):
    """
    Started twice, each has a folder of its own.

    The second once deleted database, price list and log under the feet of the first.
    """
    with fresh_folder(tmp_path / "demo") as first:
        (first / "opsbell.db").write_text("in use")
        with fresh_folder(tmp_path / "demo") as second:
            assert tmp_path / "demo-2" == second
        assert (first / "opsbell.db").read_text() == "in use"
    with fresh_folder(tmp_path / "demo") as third:
        assert first == third


def test_a_folder_of_somebody_else_is_not_emptied(tmp_path):
    """`--folder ~` once deleted everything in it."""
    (tmp_path / "thesis.txt").write_text("three years")

    with pytest.raises(DemoError, match="is not empty and no demo made it"), fresh_folder(tmp_path):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "three years"


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    """A sentence with the reason and the way out, and no traceback."""
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(DemoError, match=r"Cannot write to .*file.demo: Not a directory. Name an"),
        fresh_folder(tmp_path / "file" / "demo"),
    ):
        pass
