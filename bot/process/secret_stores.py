"""
The store of secrets that SECRETS_FROM names: one secret that holds the values of variables.

`vault:PATH` is a path of the API of HashiCorp Vault, `aws:NAME` a name or ARN of AWS Secrets
Manager. Read once, at the start. Why this way: docs/decisions/0022-secrets-from-a-store.md
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bot.errors import ConfigError
from bot.process.aws_secrets import read_aws_secret
from bot.process.secret_files import QUOTED, is_quoted
from bot.process.vault import VaultClient
from bot.strict_json import STRICT
from bot.suggestions import did_you_mean

_HOLDS = 'the secret must be a JSON object of texts, such as {"JWT_SECRET": "…"}'
#: Anything else may be the secret itself, put in the wrong place.
_LIKE_A_VARIABLE = re.compile(r"[A-Za-z][A-Za-z_]{1,40}")


def read_secret_store(values: Mapping[str, str], known: Collection[str]) -> dict[str, str]:
    """
    Return the variables by field name (`jwt_secret`) that the store holds; empty ones are none.

    *values* are the variables of the environment, *known* those that may be in the store, both by
    field name. Raises `ConfigError` and `SecretsUnavailableError`; neither repeats a value.
    """
    held = _read_held(values)
    if not isinstance(held, dict):
        raise ConfigError([f"SECRETS_FROM: {_HOLDS}"])
    problems = [f"SECRETS_FROM: {problem}" for problem in _problems(held, known)]
    if problems:
        raise ConfigError(problems)
    return {name.lower(): value.strip() for name, value in held.items() if value.strip()}


def _read_held(values: Mapping[str, str]) -> Any:
    kind, _, place = values["secrets_from"].partition(":")
    if kind == "vault" and place:
        return VaultClient.of(values).read(place)
    if kind == "aws" and place:
        try:
            return STRICT.decode(read_aws_secret(place, values.get("aws_region")))
        except (ValueError, RecursionError):
            raise ConfigError([f"SECRETS_FROM: {_HOLDS}"]) from None
    raise ConfigError(
        ["SECRETS_FROM: must be vault:PATH or aws:NAME, such as vault:secret/data/opsbell"]
    )


def _problems(held: Mapping[str, Any], known: Collection[str]) -> Iterator[str]:
    names = {field.upper() for field in known}
    for name, value in held.items():
        if name not in names:
            yield _unknown(name, names)
        elif not isinstance(value, str):
            yield f"{name} in the secret must be a text"
        elif is_quoted(value.strip()):
            yield f"{name} in the secret {QUOTED}"


def _unknown(name: str, names: Collection[str]) -> str:
    if not _LIKE_A_VARIABLE.fullmatch(name):
        return "the secret has a key that is no variable"
    hint = did_you_mean(name.upper(), names)
    return f"the secret has `{name}`, which is no variable that a store may hold{hint}"
