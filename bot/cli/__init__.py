"""The command line, a file per command. Exit codes: 0 done, 1 a failed action, 2 wrong usage."""

import sys

import typer

from bot.cli.dead import dead
from bot.cli.demo import demo
from bot.cli.events import events
from bot.cli.migrate import migrate
from bot.cli.run import run
from bot.cli.token import token
from bot.errors import ConfigError, InvalidError, UserError
from bot.redaction import redact

cli = typer.Typer(
    help="Opsbell: the operations bot of a Slack workspace.",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
)
for command in (run, migrate, demo, token):
    cli.command()(command)
cli.add_typer(events, name="events")
cli.add_typer(dead, name="dead")


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
        sys.exit(2)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2 if isinstance(error, InvalidError) else 1)
