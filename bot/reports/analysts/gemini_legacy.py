"""
Gemini through `google-generativeai`, the package before `google-genai`.

Google ended its support on 2025-11-30. It is an extra, for those who cannot leave it yet:
`ANALYST=google-generativeai`. Its calls block, so they run in threads.
"""

import asyncio
import warnings
from importlib.util import find_spec
from typing import Any

from bot.reports.analysts import service_errors
from bot.reports.analysts.base import AnalystError, Mode, Usage
from bot.reports.analysts.model_client import (
    MAX_OUTPUT_TOKENS,
    TEMPERATURE,
    TIMEOUT_SECONDS,
    Completion,
    ModelRequest,
    timeout_words,
)
from bot.reports.analysts.prices import cost_of

PACKAGE = "google-generativeai"
_FINISHED, _CUT = ("STOP", "FINISH_REASON_UNSPECIFIED"), "MAX_TOKENS"


def is_legacy_installed() -> bool:
    """Tell whether the package is there."""
    try:
        return find_spec("google.generativeai") is not None
    except ModuleNotFoundError:  # There is no `google` at all.
        return False


class LegacyGeminiClient:
    """Asks Google's Gemini API over REST; *models* names one for each mode."""

    def __init__(
        self,
        key: str,
        models: dict[Mode, str],
        *,
        url: str | None = None,
        timeouts: dict[Mode, float] | None = None,
    ) -> None:
        self._key = key
        self._models = models
        self._url = url
        self._timeouts = timeouts or TIMEOUT_SECONDS

    async def complete(self, request: ModelRequest) -> Completion:
        """Return the JSON that Gemini writes."""
        seconds = self._timeouts[request.mode]
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.to_thread(self._complete, request, seconds)
        except TimeoutError:
            raise AnalystError("timeout", timeout_words(request.mode, seconds)) from None

    def _complete(self, request: ModelRequest, seconds: float) -> Completion:
        with warnings.catch_warnings():
            # It says at import that its support has ended; so do the docs.
            warnings.simplefilter("ignore")
            import google.generativeai as legacy
            from google.api_core import exceptions
            from google.protobuf.json_format import ParseError

        options = {"api_endpoint": self._url} if self._url else None
        legacy.configure(api_key=self._key, transport="rest", client_options=options)
        model = self._models[request.mode]
        try:
            response = legacy.GenerativeModel(
                model, system_instruction=request.system
            ).generate_content(
                f"{request.prompt}\n\nAnswer with JSON of this schema:\n{request.schema}",
                generation_config={
                    "temperature": TEMPERATURE,
                    "max_output_tokens": MAX_OUTPUT_TOKENS[request.mode],
                    "response_mime_type": "application/json",
                },
                # Its own retries would go on after we have given up.
                request_options={"timeout": seconds, "retry": None},
            )
        except exceptions.DeadlineExceeded:
            raise TimeoutError from None
        except exceptions.GoogleAPICallError as error:
            told = {"error": {"message": error.message, "details": [str(error.details)]}}
            raise service_errors.status_error(
                "Gemini", int(error.code or 500), model, told
            ) from None
        except (exceptions.GoogleAPIError, OSError):
            raise service_errors.connection_error("Gemini") from None
        except (ParseError, ValueError):
            raise service_errors.unreadable_error("Gemini") from None
        return _legacy_completion(response, model)


def _legacy_completion(response: Any, model: str) -> Completion:
    told = response.usage_metadata
    read, written = told.prompt_token_count, told.candidates_token_count
    usage = Usage(model, read, written, cost_of(model, read, written))
    if response.prompt_feedback.block_reason:
        raise service_errors.blocked_error(usage)
    candidate = response.candidates[0] if response.candidates else None
    if candidate is None:
        return Completion("", usage)
    if candidate.finish_reason.name == _CUT:
        raise service_errors.cut_error(usage)
    if candidate.finish_reason.name not in _FINISHED:
        raise service_errors.blocked_error(usage)
    return Completion("".join(part.text for part in candidate.content.parts), usage)
