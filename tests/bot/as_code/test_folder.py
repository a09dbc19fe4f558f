"""What outsiders put into folders: every fault is told, with its file and what to do."""

import json
import os

import pytest

from bot.as_code.folder import FolderProblems, read_folder
from bot.errors import InvalidError
from tests.bot.as_code.shelf import ORDER, SALES, SHOP


@pytest.fixture
def folder(tmp_path):
    """A folder with one template, its schema, one sender and one report."""
    root = tmp_path / "code"
    for name, text in (
        ("README.md", "ours"),
        (".github/ci.yaml", "theirs"),
        ("templates/order.json", ORDER),
        ("templates/order.schema.json", '{"type": "object", "required": ["order"]}'),
        ("senders/shop.toml", SHOP),
        ("reports/sales.toml", SALES),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def problems_of(folder):
    """Return the problems by file, or file and field."""
    problems = FolderProblems()
    read_folder(folder, problems)
    return {one.field: one.message for one in problems.found}


def test_whatever_is_wrong_is_told_together(folder):
    """Each file with its problem; nothing is half read."""
    (folder / "templates/bad name.json").write_text(ORDER)
    (folder / "templates/lonely.schema.json").write_text("{}")
    (folder / "templates/nan.json").write_text(ORDER)
    (folder / "templates/nan.schema.json").write_text('{"maximum": NaN}')
    (folder / "templates/deeper").mkdir()
    (folder / "templates/deeper/order.json").write_text(ORDER)
    (folder / "senders/names.toml").write_text('channel = "#ops"')
    (folder / "senders/rights.toml").write_text('allowed_channels = ["#ops"]')
    (folder / "senders/odd.toml").write_text("quue = 1")
    (folder / "senders/torn.toml").write_text("= [")
    (folder / "senders/shop.yaml").write_text("queue: email")
    (folder / "senders/twice.toml").write_text('queue = "email"\nqueue = "email"\n')
    (folder / "reports/nobody.toml").write_text(SALES.replace("user_id", "owner"))
    (folder / "reports/same.toml").write_text(SALES.replace('"Sales"', '" Sales "'))
    told = problems_of(folder)

    assert sorted(told) == [
        "reports/nobody.toml, owner",
        "reports/same.toml, name",
        "senders/names.toml, channel",
        "senders/odd.toml, quue",
        "senders/rights.toml, allowedChannels",
        "senders/shop.yaml",
        "senders/torn.toml",
        "senders/twice.toml",
        "templates/bad name.json",
        "templates/deeper/order.json",
        "templates/lonely.schema.json",
        "templates/nan.json",
    ]
    assert told["senders/names.toml, channel"] == "give the id of #ops: C…"
    assert told["senders/odd.toml, quue"] == "unknown field; did you mean `queue`?"
    assert "senders/*.toml" in told["senders/shop.yaml"]


def test_files_as_other_systems_write_them_are_the_same(folder):
    """With a byte order mark and with Windows' ends of lines."""
    before = read_folder(folder, FolderProblems())
    for file in (*folder.glob("*/*.json"), *folder.glob("*/*.toml")):
        text = file.read_bytes().replace(b"\n", b"\r\n")
        file.write_bytes(b"\xef\xbb\xbf" + text)

    assert read_folder(folder, FolderProblems()) == before


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (ORDER.encode("utf-16"), "is not UTF-8"),
        (b'{"text": "caf\xe9"}', "is not UTF-8"),
        (b" " * 1_048_577, "larger than 1 MiB"),
        (b"", "must be 1 to 200,000 characters"),
    ],
)
def test_a_file_that_is_no_text_of_a_fair_size_is_told(folder, content, told):
    """In words, with its name."""
    (folder / "templates/order.json").write_bytes(content)
    problems = problems_of(folder)

    assert [name.partition(",")[0] for name in problems] == ["templates/order.json"]
    assert told in next(iter(problems.values()))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("templates/order.json", '{"text": "\0"}'),
        ("reports/sales.toml", SALES.replace("Sales", "\\u0000")),
        ("senders/shop.toml", 'channel = "\\U00000000"'),
    ],
)
def test_a_nul_is_told_before_a_database_refuses_it(folder, name, content):
    """PostgreSQL cannot store one in a text, however it was written."""
    (folder / name).write_text(content)

    (told,) = problems_of(folder).values()
    assert told == "cannot be read: it holds a NUL character, which PostgreSQL cannot store"


@pytest.mark.parametrize("nested", ["[" * 100_000, '{"a":' * 100_000])
def test_a_schema_nested_beyond_reason_is_told(folder, nested):
    """It takes no process down."""
    (folder / "templates/order.schema.json").write_text(nested)

    assert problems_of(folder) == {"templates/order.json": "is nested too deeply"}


@pytest.mark.parametrize("name", ["templates/order.json", "reports/sales.toml"])
def test_a_secret_is_refused_and_not_masked(folder, name):
    """What is stored would not be what the file says, and git remembers it."""
    with (folder / name).open("a") as file:
        file.write("\n# xoxb-1234567890-abcdefgh")
    (message,) = problems_of(folder).values()

    assert message.startswith("holds what looks like a secret")


def test_links_lead_to_files_of_the_folder_alone(folder, tmp_path):
    """Or a pull request could have a file of the machine printed; folders are not followed."""
    (tmp_path / "secret.json").write_text('{"text": "secret"}')
    (tmp_path / "others").mkdir()
    (folder / "templates/again.json").symlink_to("order.json")
    (folder / "templates/out.json").symlink_to(tmp_path / "secret.json")
    (folder / "templates/gone.json").symlink_to("nowhere.json")
    (folder / "opsbell.toml").symlink_to(tmp_path / "secret.json")
    (folder / "alerts").symlink_to(tmp_path / "others")
    os.mkfifo(folder / "senders/pipe.toml")
    told = problems_of(folder)

    assert sorted(told) == [
        "alerts",
        "opsbell.toml",
        "senders/pipe.toml",
        "templates/gone.json",
        "templates/out.json",
    ]
    assert told["templates/out.json"].startswith("leads out of the folder")
    assert told["senders/pipe.toml"] == "cannot be read: it is no file"


@pytest.mark.parametrize("name", ["nowhere", "empty", "README.md"])
def test_a_folder_without_anything_is_hardly_the_one_meant(folder, name):
    """Else pruning would delete all that there is."""
    (folder / "empty/templates").mkdir(parents=True)
    with pytest.raises(InvalidError) as refused:
        read_folder(folder / name, FolderProblems())

    assert [one.field for one in refused.value.problems] == ["DIR"]


def test_so_many_files_are_another_folder(folder):
    """It is not read to its end."""
    for number in range(2_001):
        (folder / f"templates/{number}.json").write_text(ORDER)

    assert problems_of(folder) == {"DIR": "holds more than 2,000 files"}


def test_a_body_may_be_the_json_that_it_is(folder):
    """Blocks without Jinja2 stay as they were written."""
    blocks = {"text": "x", "blocks": [{"type": "divider"}]}
    (folder / "templates/a.json").write_text(json.dumps(blocks))
    (plain, _) = read_folder(folder, FolderProblems()).templates

    assert json.loads(plain.body) == blocks
