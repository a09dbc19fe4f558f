"""`opsbell.toml`: every mistake is named with its place and the word that was probably meant."""

import pytest

from bot.config_file import CommandRunner, HttpRunner, read_config_file
from bot.errors import ConfigError

WHOLE = """
[tasks.schema_fix]
channel = "C0OPS"
runner = "orchestrator"
expected_minutes = 2.5
retry_roles = ["S0OPERATORS"]
log_level = "warning"

[tasks."with.a.dot"]
runner = "script"

[runners.orchestrator]
type = "http"
url = "https://orchestrator.example/run"

[runners.script]
type = "command"
argv = ["fix", "--subject", "{subject}"]
env = { API_KEY = "private" }

[access]
operators = ["U0ADA"]

[retention]
days = 7
"""


@pytest.fixture
def problems(tmp_path):
    """Return a function that tells what is wrong with a file."""

    def read(content):
        path = tmp_path / "opsbell.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(ConfigError) as caught:
            read_config_file(path)
        assert all(str(path) in problem for problem in caught.value.problems)
        return [problem.replace(f"{path}: ", "") for problem in caught.value.problems]

    return read


def test_a_whole_file_is_understood(tmp_path):
    """Every table of the file arrives where the bot looks for it."""
    path = tmp_path / "opsbell.toml"
    path.write_text(WHOLE)

    config = read_config_file(path)

    assert config.kind("schema_fix").runner == "orchestrator"
    assert config.kind("with.a.dot").runner == "script"
    assert isinstance(config.runners["orchestrator"], HttpRunner)
    assert isinstance(config.runners["script"], CommandRunner)
    assert config.access.operators == ["U0ADA"]
    assert config.retention.days == 7


def test_an_unknown_kind_has_the_defaults(tmp_path):
    """What the file does not name is as if it were empty."""
    path = tmp_path / "opsbell.toml"
    path.write_text("")

    config = read_config_file(path)

    assert config.kind("anything").channel is None
    assert config.retention.days == 30


@pytest.mark.parametrize(
    ("content", "place", "meant"),
    [
        ("[task.a]", "task", "tasks"),
        ("[retentions]\ndays = 3", "retentions", "retention"),
        ('[tasks.a]\nchanel = "C"', "tasks.a.chanel", "channel"),
        ('[tasks."a.b.c"]\nrunnner = "x"', "tasks.a.b.c.runnner", "runner"),
        ('[runners.r]\ntype = "http"\nurl = "http://r"\ntimeout = 3', "timeout", "timeout_seconds"),
        ('[runners."r.s"]\ntype = "command"\nargv = ["a"]\nargs = ["b"]', "args", "argv"),
        ('[destinations.a]\nur = "x"\nurl_file = "y"', "destinations.a.ur", "url"),
        ('[leaderboards.a]\ntitle = "A"\ntpo = 3', "leaderboards.a.tpo", "top"),
        (
            '[leaderboards.a]\ntitle = "A"\ncolumns = [{name = "a", lable = "A"}]',
            "leaderboards.a.columns.0.lable",
            "label",
        ),
        ('[access]\nadmin = ["U"]', "access.admin", "admins"),
        ("[retention]\nday = 3", "retention.day", "days"),
        ("[http]\nbursts = 3", "http.bursts", "burst"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest(problems, content, place, meant):
    """At every level of the file a misspelt key is named, and the known key that is nearest."""
    (problem,) = problems(content)

    assert f"{place}: unknown key" in problem
    assert f"did you mean `{meant}`?" in problem


def test_a_key_like_no_other_is_answered_with_all(problems):
    """Where nothing is near, the known keys of that table are listed."""
    (problem,) = problems("[access]\nzzz = 1")

    assert problem == "access.zzz: unknown key; known: admins, operators, viewers"


def test_all_mistakes_are_reported_together(problems):
    """Three wrong values in three tables are three sentences."""
    found = problems('[tasks.a]\nchannel = 5\n[retention]\ndays = "x"\n[access]\nadmins = "U1"')

    assert [problem.split(":")[0] for problem in found] == [
        "tasks.a.channel",
        "access.admins",
        "retention.days",
    ]


@pytest.mark.parametrize(
    "content",
    [
        "tasks = 5",
        '[tasks]\nschema_fix = "C0OPS"',
        "[tasks.a]\nexpected_minutes = 0",
        "[tasks.a]\nexpected_minutes = inf",
        "[tasks.a]\nexpected_minutes = nan",
        '[tasks.a]\nlog_level = "loud"',
        '[runners.r]\nurl = "http://r"',
        '[runners.r]\ntype = "telepathy"',
        '[runners.r]\ntype = "http"\nurl = "ftp://r"',
        '[runners.r]\ntype = "http"\nurl = "http://r"\ntimeout_seconds = 61',
        '[runners.r]\ntype = "command"\nargv = []',
        '[runners.r]\ntype = "command"\nargv = "rm -rf"',
        "[destinations.a]",
        '[destinations.a]\nurl = ""',
        '[destinations.a]\nurl = "json://h"\nurl_file = "h"',
        '[destinations.T0ADA]\nurl = "json://h"',
        '[destinations."a b"]\nurl = "json://h"',
        "[retention]\ndays = 0",
        "[retention]\ndays = 1.5",
    ],
)
def test_a_wrong_value_is_refused(problems, content):
    """Each value of a wrong type or outside its range is one sentence that names its place."""
    (problem,) = problems(content)

    assert problem.startswith(("tasks", "runners", "destinations", "retention"))


@pytest.mark.parametrize(
    "line",
    [
        *(
            f"alerts.{name} = {value}"
            for name in ("stuck_after_minutes", "repeat_after_hours", "every_minutes")
            for value in ("0", "-1", "nan", "9e15", "true", '"5"')
        ),
        *(f"tasks.a.{name} = 9e15" for name in ("stuck_after_minutes", "grace_minutes")),
        *(f"alerts.storm_after = {value}" for value in ("0", "true")),
        "retention.days = 99999999",
    ],
)
def test_a_time_that_leaves_the_calendar_is_refused(problems, line):
    """Each check would fail, and nobody would be told of anything."""
    (problem,) = problems(line)
    assert problem.startswith(f"{line.partition(' =')[0]}: ")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('quiet_hours = "22:00"', "quiet_hours: write two times"),
        ('quiet_hours = "22:00-07:00"\ndigest_at = "25:00"', "digest_at: write a time from 00:00"),
    ],
)
def test_a_wrong_hour_is_named_by_its_key(problems, lines, said):
    """Not by the name of its table alone."""
    (problem,) = problems(f"[alerts]\n{lines}")
    assert problem.startswith(f"alerts: {said}")


def test_a_missing_runner_is_named(problems):
    """A kind that names a runner which is not there is told which one is nearest."""
    (problem,) = problems(
        '[tasks.a]\nrunner = "orchestator"\n'
        '[runners.orchestrator]\ntype = "http"\nurl = "http://127.0.0.1"'
    )

    assert "tasks.a.runner: there is no [runners.orchestator]" in problem
    assert "did you mean `orchestrator`?" in problem


def test_a_missing_runner_without_any_runner(problems):
    """With no runner at all the sentence says that none is known."""
    (problem,) = problems('[tasks.a]\nrunner = "orchestrator"')

    assert problem.endswith("known: none")


@pytest.mark.parametrize(
    "content", ["[tasks", "days = ", '[tasks.a]\nchannel = "x\n', "a = 1\na = 2"]
)
def test_bad_toml_is_named_with_its_line(problems, content):
    """A file that is no TOML is refused with the parser's own place."""
    (problem,) = problems(content)

    assert "line" in problem or "end of document" in problem


def test_a_file_that_is_no_text_is_refused(problems):
    """Bytes that are not UTF-8 are an error of the file, not of the program."""
    (problem,) = problems(b"\xff\xfe\x00")

    assert problem.startswith("OPSBELL_CONFIG: cannot read")


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_an_unreadable_file_is_refused(tmp_path, name):
    """A file that is missing, or is a folder, is named."""
    with pytest.raises(ConfigError, match="OPSBELL_CONFIG: cannot read"):
        read_config_file(tmp_path / name)


def test_what_a_command_is_given_is_not_printed(tmp_path):
    """The environment of a command may hold secrets, so it does not show when printed."""
    path = tmp_path / "opsbell.toml"
    path.write_text(WHOLE)

    assert "'private'" not in repr(read_config_file(path))


PATTERNS = """
[tasks."*"]
channel = "C0ALL"
log_level = "error"

[tasks."nightly-*"]
channel = "C0NIGHT"
retry_roles = ["S0NIGHT"]

[tasks."nightly-import-*"]
expected_minutes = 5

[tasks.nightly-import-prices]
log_level = "debug"
"""


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("backfill", ("C0ALL", "error", [], None)),
        ("nightly-backup", ("C0NIGHT", "error", ["S0NIGHT"], None)),
        ("nightly-import-users", ("C0NIGHT", "error", ["S0NIGHT"], 5)),
        ("nightly-import-prices", ("C0NIGHT", "debug", ["S0NIGHT"], 5)),
        ("Nightly-backup", ("C0ALL", "error", [], None)),
    ],
)
def test_kinds_are_told_by_patterns(tmp_path, kind, expected):
    """Each key comes from the kind's own table, else from the longest pattern that has it."""
    path = tmp_path / "opsbell.toml"
    path.write_text(PATTERNS)

    said = read_config_file(path).kind(kind)

    assert (said.channel, said.log_level, said.retry_roles, said.expected_minutes) == expected


def test_a_pattern_is_checked_like_a_kind(problems):
    """A runner that is not there, a key nobody knows."""
    assert problems('[tasks."a-*"]\nrunner = "x"') == [
        "tasks.a-*.runner: there is no [runners.x]; known: none"
    ]
    assert problems('[tasks."a-*"]\nchanel = "x"') == [
        "tasks.a-*.chanel: unknown key; did you mean `channel`?"
    ]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ('type = "bullmq"\nqueue = "q"', "redis_url: Field required"),
        ('type = "bullmq"\nredis_url = "redis://h"', "queue: Field required"),
        ('type = "bullmq"\nredis_url = "http://pw-77@h"\nqueue = "q"', "must be redis://HOST"),
        ('type = "bullmq"\nredis_url = "redis://h:pw-77"\nqueue = "q"', "must be redis://HOST"),
        ('type = "bullmq"\nredis_url = "redis://"\nqueue = "q"', "must be redis://HOST"),
        ('type = "bullmq"\nredis_url = "redis://h"\nqueue = "a:b"', "queue: String should match"),
        (
            'type = "bullmq"\nredis_url = "redis://h"\nqeue = "q"',
            "unknown key; did you mean `queue`",
        ),
        ('type = "celery"\nqueue = "q"', "broker_url: Field required"),
        ('type = "celery"\nbroker_url = "pw-77"', "must be redis://HOST"),
        ('type = "sidekiq"', "'http', 'command', 'bullmq', 'celery'"),
        ('type = "command"\nargv = ["x"]\ntenants = []', "tenants: List should have at least 1"),
    ],
)
def test_a_runner_that_cannot_be_is_named_with_its_key(tmp_path, table, problem):
    """What is missing, misspelt or no address stops the start; no password is repeated."""
    path = tmp_path / "opsbell.toml"
    path.write_text(f"[runners.mill]\n{table}\n")
    with pytest.raises(ConfigError) as refused:
        read_config_file(path)
    [told] = [one for one in refused.value.problems if problem in one]
    assert "runners.mill" in told
    assert "pw-77" not in "".join(refused.value.problems)


def test_two_runners_with_one_name_are_refused(tmp_path):
    """TOML itself says where."""
    path = tmp_path / "opsbell.toml"
    one = '[runners.mill]\ntype = "command"\nargv = ["x"]\n'
    path.write_text(one + one)
    with pytest.raises(ConfigError, match=r"line 4|mill"):
        read_config_file(path)


BOARD = 'title = "A"\nsamples = true\ncolumns = [{name = "score"}]\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"[leaderboards.post]\n{BOARD}", "`post` is what people say behind a name"),
        (f"[leaderboards.A]\n{BOARD}", "should match pattern"),
        (f"[leaderboards.a]\n{BOARD}tasks = true", "set one of samples, tasks and scorecard"),
        ('[leaderboards.a]\ntitle = "A"\nsamples = true', "name at least one column"),
        (f'[leaderboards.a]\n{BOARD}rank_by = "money"', "there is no column `money`"),
        (f'[leaderboards.a]\n{BOARD}source = "shop"', "source: needs query"),
        (
            f'[leaderboards.a]\n{BOARD}metric = "sales"',
            "set one of samples",
        ),
        (f'[leaderboards.a]\n{BOARD}schedule = "moon 09:00"', "The schedule cannot be used"),
        (f'[leaderboards.a]\n{BOARD}timezone = "Europe/Berln"', "did you mean Europe/Berlin?"),
        (f'[leaderboards.a]\n{BOARD}subject = "score"', "both the subject and a column"),
        (f"[leaderboards.a]\n{BOARD}top = 101", "less than or equal to 100"),
        (BOARD.replace('"score"}', '"at"}'), "other than subject and at"),
        (BOARD.replace('"score"}', '"score", format = "#,##0"}'), "should match pattern"),
        (BOARD.replace('"score"}', '"score"}, {name = "score"}'), "a name of its own"),
        (BOARD.replace("samples", "tasks"), "no `score` is measured; known: failures"),
    ],
)
def test_a_board_that_does_not_fit_together_is_refused(problems, content, said):
    """Each with what to do, at its place."""
    if not content.startswith("["):
        content = f"[leaderboards.a]\n{content}"
    (problem,) = problems(content)

    assert problem.startswith("leaderboards.")
    assert said in problem


def test_two_boards_do_not_write_into_one_folder(problems):
    """Their files have the same names."""
    boards = "".join(
        f'[leaderboards.{name}]\n{BOARD}files = "{path}"\n'
        for name, path in (("a", "boards"), ("b", "./boards/../boards"), ("c", "others"))
    )
    (problem,) = problems(boards)

    assert problem == "leaderboards.b.files: `a` writes there; name another folder"


def test_a_pattern_has_no_schedule(problems):
    """It names no task that could be missed."""
    assert problems('[tasks."a-*"]\ncron = "0 6 * * *"') == [
        "tasks.a-*.cron: a pattern cannot be missed; give each kind its own cron"
    ]
