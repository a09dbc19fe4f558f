"""The command line, one file per command. Exit codes: 0 done, 1 action failed, 2 wrong usage."""

import sys

import typer

from bot.cli.alerts import alerts
from bot.cli.apply import apply_folder
from bot.cli.bundle import bundle
from bot.cli.bus import bus_commands
from bot.cli.dead import dead_commands
from bot.cli.demo.command import demo
from bot.cli.doctor import doctor
from bot.cli.events import event_commands
from bot.cli.leaderboard import leaderboard
from bot.cli.migrate import migrate_command
from bot.cli.report import report_commands
from bot.cli.run import run
from bot.cli.token import token
from bot.errors import (
    ConfigError,
    InvalidError,
    NoAnswerError,
    SecretsUnavailableError,
    UserError,
)
from bot.process.failure_log import database_reason, is_database_unavailable
from bot.redaction import redact

cli = typer.Typer(
    help="Opsbell: the operations bot of a Slack workspace.",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
)
cli.command("run")(run)
cli.command("migrate")(migrate_command)
cli.command("demo")(demo)
cli.command("token")(token)
cli.command("alerts")(alerts)
cli.command("leaderboard")(leaderboard)
cli.command("doctor")(doctor)
cli.add_typer(report_commands, name="report")
cli.command("bundle")(bundle)
cli.command("apply")(apply_folder)
cli.add_typer(event_commands, name="events")
cli.add_typer(dead_commands, name="dead")
cli.add_typer(bus_commands, name="bus")


@cli.callback(invoke_without_command=True)
def without_command(context: typer.Context) -> None:
    """Run the bot unless another command is named."""
    if context.invoked_subcommand is None:
        run()


def main() -> None:
    """Run the command line; say in a sentence each what is wrong with the settings."""
    try:
        cli(prog_name="python -m bot")
    except ConfigError as error:
        for problem in error.problems:
            sys.stderr.write(f"{redact(problem)}\n")
        # What starts us may try again when something is away, so that is no 2.
        sys.exit(1 if isinstance(error, NoAnswerError) else 2)
    except SecretsUnavailableError as error:
        sys.stderr.write(f"{redact(str(error))}\n")
        sys.exit(1)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2 if isinstance(error, InvalidError) else 1)
    except Exception as error:
        if not is_database_unavailable(error):
            raise
        sys.stderr.write(f"{redact(f'DATABASE_URL: {database_reason(error)}')}\n")
        sys.exit(1)
