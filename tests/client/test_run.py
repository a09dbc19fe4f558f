"""The command line: what it understands, and what it says when it does not."""

import pytest
from opsbell.commands.words import UsageError
from opsbell.run import name_of, parse


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ((), b"usage: opsbell run"),
        (("rum",), b"unknown command rum"),
        (("run",), b"no command given; put it after --"),
        (("run", "--"), b"no command given; put it after --"),
        (("run", "--name", "x", "--", "true"), b"unknown option --name"),
        (("run", "-x", "true"), b"put -- before the command"),
        (("run", "--task"), b"--task needs a value"),
        (("run", "--log-level", "loud", "--", "true"), b"debug, info, warning"),
    ],
)
def test_wrong_usage_exits_2_and_names_the_fix(run, words, hint):
    """What was wrong and how to put it right is on standard error."""
    done = run(*words)

    assert (done.returncode, done.stdout) == (2, b"")
    assert hint in done.stderr


@pytest.mark.parametrize("words", [("--help",), ("-h",), ("help",), ("run", "--help")])
def test_help_is_on_standard_output(run, words):
    """Asked for, help is an answer and no error."""
    done = run(*words)

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"usage: opsbell run" in done.stdout


def test_options_end_at_the_command():
    """Options of the command are its own, with and without `--`."""
    words = ["--task=nightly", "--subject", "dealer-7", "--log-level", "ERROR"]
    for command in (["--", "ls", "--task", "x"], ["ls", "--task", "x"]):
        options = parse([*words, *command])

        assert options.argv == ["ls", "--task", "x"]
        assert (
            options.task,
            options.subject,
            options.channel,
            options.log_level,
        ) == ("nightly", "dealer-7", None, "error")


def test_an_option_of_another_tool_is_refused():
    """A typo does not become the command's name."""
    with pytest.raises(UsageError):
        parse(["--tsak", "x", "--", "ls"])


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["/opt/jobs/backup.sh", "--password", "x"], "backup.sh"),
        (["python3.12", "/opt/train.py", "x"], "train.py"),
        (["python", "-m", "etl.load"], "etl.load"),
        (["bash", "-c", "echo secret"], "bash"),
        (["node"], "node"),
        (["./"], "./"),
    ],
)
def test_a_command_is_named_after_what_it_runs(argv, name):
    """The script rather than its interpreter, and never an argument that may be a secret."""
    assert name == name_of(argv)
