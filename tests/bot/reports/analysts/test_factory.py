"""The settings choose the analyst."""

import pytest

from bot.errors import ConfigError
from bot.reports.analysts.builtin import BuiltinAnalyst
from bot.reports.analysts.factory import make_analyst
from bot.settings import read_settings


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, "builtin"),
        ({"GOOGLE_API_KEY": "k"}, "gemini"),
        ({"GOOGLE_API_KEY": "k", "ANALYST": "builtin"}, "builtin"),
        ({"GOOGLE_API_KEY": "k", "ANALYST": "Gemini"}, "gemini"),
        ({"OPENAI_API_KEY": "k", "ANALYST": "openai", "OPENAI_QUICK_MODEL": "m"}, "openai"),
        (
            {
                "OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
                "ANALYST": "openai",
                "OPENAI_QUICK_MODEL": "m",
            },
            "openai",
        ),
    ],
)
def test_an_analyst_is_named_or_has_a_key(environ, name):
    """Gemini is taken if it has a key and nothing else is asked for."""
    settings = read_settings(environ, need_slack=False)

    assert make_analyst(settings, BuiltinAnalyst()).name == name


@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        ({"ANALYST": "gemini"}, "GOOGLE_API_KEY: is missing; ANALYST=gemini needs it"),
        ({"ANALYST": "openai"}, "OPENAI_API_KEY: is missing"),
        ({"ANALYST": "openai", "OPENAI_API_KEY": "k"}, "OPENAI_QUICK_MODEL: is missing"),
        ({"ANALYST": "gpt"}, "ANALYST: input should be 'builtin', 'gemini'"),
        ({"GEMINI_API_URL": "gemini.example.com"}, "GEMINI_API_URL: "),
    ],
)
def test_what_is_missing_is_told_at_the_start(environ, problem):
    """The bot does not start with an analyst that could never write."""
    with pytest.raises(ConfigError) as caught:
        read_settings(environ, need_slack=False)

    assert [one for one in caught.value.problems if one.startswith(problem)] != []


def test_a_missing_package_is_named():
    """The extra is asked for with the command that installs it."""
    settings = read_settings(
        {"ANALYST": "google-generativeai", "GOOGLE_API_KEY": "k"}, need_slack=False
    )

    with pytest.raises(ConfigError, match="pip install google-generativeai"):
        make_analyst(settings, BuiltinAnalyst())
