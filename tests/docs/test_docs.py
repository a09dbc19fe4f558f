"""What the documents say exists: links, commands, variables, keys, scopes, tests."""

import json
import re
import shlex
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer import Typer

from bot.cli import cli
from bot.config_file import (
    BullRunner,
    CeleryRunner,
    CommandRunner,
    DestinationSettings,
    HttpRunner,
    RetentionSettings,
    TaskKind,
    read_config_file,
)
from bot.config_sections.bus import BusSettings
from bot.config_sections.leaderboards import Leaderboard, LeaderboardColumn
from bot.config_sections.reports import MetricSettings, ReportSettings, SourceSettings
from bot.config_sections.workspaces import AccessSettings, WorkspaceSettings
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")],
)
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
MAKE = re.compile(r"(?:^|[`\n])make ([a-z]+)\b")
SUBCOMMAND = re.compile(r"python -m bot(?: ([a-z]+)(?: ([a-z]+))?)?")
TEST_PATH = re.compile(r"\btests/[\w/.-]+")
ROW = re.compile(r"^\| `([A-Za-z_:]+)` \|", re.MULTILINE)
README_LINES = 150
TOML_SECTIONS: dict[str, tuple[type[BaseModel], ...]] = {
    "[tasks.<kind>]": (TaskKind,),
    "[runners.<name>]": (HttpRunner, CommandRunner, BullRunner, CeleryRunner),
    "[destinations.<name>]": (DestinationSettings,),
    "[leaderboards.<name>]": (Leaderboard, LeaderboardColumn),
    "[sources.<name>]": (SourceSettings,),
    "[metrics.<name>]": (MetricSettings,),
    "[reports]": (ReportSettings,),
    "[access]": (AccessSettings,),
    "[workspaces.<team id>]": (WorkspaceSettings,),
    "[retention]": (RetentionSettings,),
    "[bus]": (BusSettings,),
}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code_of(text: str) -> str:
    """Everything that is set as code, a line each."""
    return "\n".join(CODE.findall(text))


def commands_of(group: Typer) -> set[str]:
    """The names of the commands of one level."""
    named = [(one.name, one.callback) for one in group.registered_commands]
    return {name or callback.__name__ for name, callback in named if callback}


def anchors(path: Path) -> set[str]:
    """The anchors that headings make on a page that shows Markdown."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_relative_link_leads_somewhere(name):
    """A link names a file that exists, and a heading of it where it names one."""
    page = ROOT / name
    for link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        assert path.is_relative_to(ROOT), link
        assert path.exists(), link
        assert not anchor or anchor in anchors(path), link


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_exists(name):
    """Whoever types a command of the documents finds it in the Makefile."""
    known = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))

    assert set() == set(MAKE.findall(code_of(read(name)))) - known


@pytest.mark.parametrize("name", NAMES)
def test_every_subcommand_exists(name):
    """`python -m bot …` is written with subcommands that there are."""
    known = {("", "")} | {(command, "") for command in commands_of(cli)}
    for group in cli.registered_groups:
        within = commands_of(group.typer_instance) if group.typer_instance else set()
        known |= {(str(group.name), command) for command in within}

    assert set() == set(SUBCOMMAND.findall(code_of(read(name)))) - known


def test_the_settings_are_those_of_the_code():
    """Every variable that the bot reads is described, and no other."""
    table = read("docs/settings.md").split("## opsbell.toml")[0]

    assert {name.upper() for name in Settings.model_fields} - {"CONFIG"} == set(ROW.findall(table))


@pytest.mark.parametrize("heading", TOML_SECTIONS)
def test_the_tables_of_the_configuration_file_are_those_of_the_code(heading):
    """Every key of a table is described, and no other; `type` is described in words."""
    part = read("docs/settings.md").split(f"### `{heading}`")[1].split("\n### ")[0]
    known = {key for section in TOML_SECTIONS[heading] for key in section.model_fields}

    assert known - {"type"} == set(ROW.findall(part))


def test_the_sample_of_the_environment_names_only_known_variables():
    """Who fills in the sample sets variables that are read, and finds every required one."""
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", read(".env.sample"), re.MULTILINE))

    assert set() == named - {name.upper() for name in Settings.model_fields}
    assert {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "JWT_SECRET"} <= named


def test_the_sample_of_the_configuration_file_is_accepted():
    """The sample can be copied as it stands, and shows every key of every table."""
    path = ROOT / "opsbell.toml.sample"
    text = path.read_text(encoding="utf-8")
    sections = [section for group in TOML_SECTIONS.values() for section in group]

    assert read_config_file(path).tasks
    for key in {key for section in sections for key in section.model_fields}:
        assert re.search(rf"^(?:# )?{key} = ", text, re.MULTILINE), key


def test_the_scopes_are_those_of_the_manifest():
    """Every scope that the app asks for has its reason, and no other is explained."""
    asked = set(json.loads(read("manifest.json"))["oauth_config"]["scopes"]["bot"])

    assert asked == set(ROW.findall(read("docs/scopes.md")))


@pytest.mark.parametrize("name", NAMES)
def test_every_test_that_is_named_exists(name):
    """The proof of a promise can be run; a `<placeholder>` stands for what is to be written."""
    for path in TEST_PATH.findall(re.sub(r"tests/[\w/.-]*[<*]\S*", "", code_of(read(name)))):
        assert (ROOT / path).exists(), path


def test_every_proof_selects_a_test_of_its_file():
    """The `-k` words of each proof in the README match a test of the files beside them."""
    rows = re.findall(r"^\| [^|]+ \| `(tests/[^`]+)` \|$", read("README.md"), re.MULTILINE)
    assert rows
    for row in rows:
        paths, _, chosen = row.partition(" -k ")
        tests = "\n".join(
            re.findall(r"def test_\w+", "".join(read(path) for path in paths.split()))
        )
        words = " ".join(shlex.split(chosen)).split(" or ") if chosen else ["test_"]
        assert [word for word in words if word not in tests] == [], row


def test_the_readme_is_short():
    """Whoever opens the repository reads the front page to its end."""
    assert len(read("README.md").splitlines()) <= README_LINES


@pytest.mark.parametrize("name", [name for name in NAMES if "decisions" in name])
def test_a_decision_is_a_page(name):
    """A decision has its four parts and fits on a page."""
    text = read(name)

    assert len(text.split()) <= 500
    for part in ("**Problem.**", "**Options", "**Decision.**", "**Consequences.**"):
        assert part in text
