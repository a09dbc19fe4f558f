"""The README says what is there."""

import re
from pathlib import Path

from slack_playground.blocks.kinds.catalogue import BLOCKS
from slack_playground.page_api.routes import GETS, POSTS
from slack_playground.web_api import METHODS

README = (Path(__file__).parents[2] / "playground" / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return a section, each paragraph in one line."""
    text = README.split(f"## {title}\n")[1].split("\n## ")[0]
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text)


def test_the_examples_are_shown_as_they_run() -> None:
    """What the first page shows are the files that are tested."""
    examples = Path(__file__).parents[2] / "playground" / "examples"
    for name, language in (("greeter.py", "python"), ("greeter.js", "js")):
        source = (examples / name).read_text(encoding="utf-8")
        assert f"```{language}\n{source}```" in README, name


def test_every_method_is_listed() -> None:
    """The coverage list is the table of served methods."""
    (line,) = re.findall(r"\*\*Methods\*\* \((\d+)\): (.*)\.", section("What is covered"))
    families = [part.split("` ") for part in line[1].split(" · ")]
    listed = {
        f"{family.strip('`')}{name}" for family, names in families for name in names.split(", ")
    }
    assert (int(line[0]), listed) == (len(METHODS), set(METHODS))


def test_every_block_is_listed() -> None:
    """So is the list of blocks."""
    (line,) = re.findall(r"\*\*Blocks\*\* .*", section("What is covered"))
    assert set(re.findall(r"`(\w+)`", line)) == set(BLOCKS)


def test_every_request_is_described() -> None:
    """Each path under /_playground/ stands in the table."""
    table = section("The control and page API")
    for kind, names in (("GET", GETS), ("POST", POSTS)):
        missing = [name for name in names if not re.search(rf"`{kind} {name}[ `?]", table)]
        assert (kind, missing) == (kind, [])
