"""Makes the analyst that the settings ask for. Opens nothing."""

from bot.errors import ConfigError
from bot.reports.analysts.base import Analyst, Mode
from bot.reports.analysts.builtin import BUILTIN, BuiltinAnalyst
from bot.reports.analysts.gemini import GeminiClient
from bot.reports.analysts.gemini_legacy import PACKAGE, LegacyGeminiClient, is_legacy_installed
from bot.reports.analysts.model_analyst import ModelAnalyst
from bot.reports.analysts.model_client import ModelClient
from bot.reports.analysts.openai_compatible import OpenAICompatibleClient
from bot.settings import Settings

GEMINI, OPENAI = "gemini", "openai"
_QUICK, _DEEP = "gemini-flash-latest", "gemini-pro-latest"


def make_analyst(
    settings: Settings,
    builtin: BuiltinAnalyst,
    *,
    quick_model: str | None = None,
    deep_model: str | None = None,
) -> Analyst:
    """
    Return the analyst of the settings; *builtin* if none is named and there is no key.

    The models are those of `[reports]`, which go after the environment's. Raises `ConfigError`
    if the package of an extra is missing.
    """
    name = settings.analyst_name
    if name == BUILTIN:
        return builtin
    if name == OPENAI:
        return ModelAnalyst(name, _openai(settings, quick_model, deep_model))
    key = settings.google_api_key.get_secret_value() if settings.google_api_key else ""
    models: dict[Mode, str] = {
        "quick": settings.gemini_quick_model or quick_model or _QUICK,
        "deep": settings.gemini_deep_model or deep_model or _DEEP,
    }
    client: ModelClient
    if name == GEMINI:
        client = GeminiClient(key, models, url=settings.gemini_api_url)
    elif is_legacy_installed():
        client = LegacyGeminiClient(key, models, url=settings.gemini_api_url)
    else:
        raise ConfigError([f"ANALYST: `{PACKAGE}` is not installed; run: pip install {PACKAGE}"])
    return ModelAnalyst(name, client)


def _openai(
    settings: Settings, quick_model: str | None, deep_model: str | None
) -> OpenAICompatibleClient:
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    quick = settings.openai_quick_model or quick_model or ""
    models: dict[Mode, str] = {
        "quick": quick,
        "deep": settings.openai_deep_model or deep_model or quick,
    }
    return OpenAICompatibleClient(key, models, url=settings.openai_base_url)
