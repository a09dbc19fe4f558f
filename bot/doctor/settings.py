"""What the environment and `opsbell.toml` say, beyond what `read_settings` refuses."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from bot.config_file import HttpRunner
from bot.doctor.findings import Finding, split_problem
from bot.errors import ConfigError, SecretsUnavailableError
from bot.messages.transports.destination import check_destinations
from bot.settings import Settings, read_settings
from bot.wiring.credentials import destinations_of

#: A secret of fewer different characters was made up, not drawn.
_FEWEST_CHARACTERS = 10
_HERE = ("127.0.0.1", "localhost", "::1", "0.0.0.0")  # noqa: S104


def try_settings(environ: Mapping[str, str]) -> tuple[Settings | None, list[Finding]]:
    """Return the settings, as far as they can be used, and what is wrong with them."""
    try:
        settings = read_settings(environ)
    except ConfigError as error:
        found = [split_problem("settings", sentence) for sentence in error.problems]
    except SecretsUnavailableError as error:
        return None, [split_problem("secrets", f"{error}; try again, and see to it that it runs")]
    else:
        return settings, [Finding.ok("settings", "every variable and opsbell.toml can be read")]
    try:
        return read_settings(environ, need_slack=False), found
    except (ConfigError, SecretsUnavailableError):
        return None, [
            *found,
            Finding.note("settings", "nothing else can be checked before these are mended"),
        ]


def settings_findings(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is allowed and yet wrong, or a risk."""
    yield from _open_files(environ)
    secret = settings.jwt_secret.get_secret_value() if settings.jwt_secret else None
    if secret is None and settings.oidc_issuer is None:
        yield Finding.note(
            "api", "neither JWT_SECRET nor OIDC_ISSUER: the API answers 503, everything else runs"
        )
    elif secret is not None and len(set(secret)) < _FEWEST_CHARACTERS:
        yield Finding.problem(
            "api",
            "JWT_SECRET can be guessed: it has hardly any different characters",
            "set JWT_SECRET to the output of `openssl rand -hex 32` and mint the tokens anew",
        )
    host = urlsplit(settings.public_url).hostname
    remote = sorted(_remote_runners(settings))
    if host in _HERE and remote:
        yield Finding.problem(
            "settings",
            f"runners on other machines ({', '.join(remote)}) are told to call back at "
            f"{settings.public_url}, which is their own machine",
            "set APP_URL to the address at which they reach this bot",
        )
    yield from _destinations(settings)
    if not settings.config.access.operators and not settings.config.access.admins:
        yield Finding.note(
            "access", "[access] names nobody: every full member may retry and cancel tasks"
        )


def _destinations(settings: Settings) -> Iterator[Finding]:
    """Yield the addresses of opsbell.toml with which no run begins."""
    try:
        check_destinations(destinations_of(settings))
    except (OSError, ValueError):
        return  # A file with an address, told by `read_settings`.
    except ConfigError as error:
        for sentence in error.problems:
            setting, _, reason = sentence.partition(": Apprise")
            fix = "correct it: https://appriseit.com/services/"
            yield Finding.problem("settings", f"{setting}: Apprise{reason.partition(': ')[0]}", fix)


def _open_files(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the files with secrets that others on this machine may read."""
    for name, value in environ.items():
        field = name.removesuffix("_FILE").lower()
        if not name.endswith("_FILE") or field not in Settings.model_fields:
            continue
        try:
            mode = stat.S_IMODE(Path(value).stat().st_mode)
        except (OSError, ValueError):
            continue  # Told by `read_settings`.
        if mode & stat.S_IROTH:
            yield Finding.problem(
                "secrets",
                f"{name}: everybody on this machine may read {value}",
                f"chmod 600 {value}",
            )
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield Finding.note("secrets", "this is root; run the bot as a user of its own")


def _remote_runners(settings: Settings) -> Iterator[str]:
    urls = {
        name: runner.url
        for name, runner in settings.config.runners.items()
        if isinstance(runner, HttpRunner)
    }
    if settings.orchestrator_url:
        urls["ORCHESTRATOR_URL"] = settings.orchestrator_url
    for name, url in urls.items():
        if urlsplit(url).hostname not in _HERE:
            yield name
