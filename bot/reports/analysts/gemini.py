"""Gemini through `google-genai`, which is loaded with the first call."""

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.reports.analysts import service_errors
from bot.reports.analysts.base import AnalystError, Mode, Usage
from bot.reports.analysts.model_client import (
    MAX_ANSWER_BYTES,
    MAX_OUTPUT_TOKENS,
    TEMPERATURE,
    TIMEOUT_SECONDS,
    UNREADABLE,
    Completion,
    ModelRequest,
    TooLongError,
    timeout_words,
    token_count,
)
from bot.reports.analysts.prices import cost_of

if TYPE_CHECKING:
    from google import genai
    from google.genai import types

_SERVICE = "Gemini"
#: Where JSON schemas and the `-latest` models are known to work.
_API_VERSION = "v1beta"
#: Every other reason to end is the service's own: safety, recitation, a blocklist.
_FINISHED, _CUT = ("STOP", "FINISH_REASON_UNSPECIFIED", ""), "MAX_TOKENS"


class GeminiClient:
    """Asks Google's Gemini API, each time anew; *models* names one for each mode."""

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
            async with (
                asyncio.timeout(seconds),
                aiohttp.ClientSession(
                    trust_env=True,
                    response_class=_LimitedResponse,
                    trace_configs=[_no_redirects()],
                ) as session,
            ):
                # The package takes half a second to load; the event loop goes on meanwhile.
                client = await asyncio.to_thread(_open_gemini, self._key, self._url, session)
                response = await self._call(client, request)
            return _completion(response, self._models[request.mode])
        except TimeoutError:
            raise AnalystError("timeout", timeout_words(request.mode, seconds)) from None
        except UNREADABLE:  # No JSON, or none of the API's shape.
            raise service_errors.unreadable_error(_SERVICE) from None

    async def _call(
        self, client: "genai.Client", request: ModelRequest
    ) -> "types.GenerateContentResponse":
        from google.genai import errors, types

        model = self._models[request.mode]
        try:
            return await client.aio.models.generate_content(
                model=model,
                contents=request.prompt,
                config=types.GenerateContentConfig(
                    system_instruction=request.system,
                    temperature=TEMPERATURE,
                    max_output_tokens=MAX_OUTPUT_TOKENS[request.mode],
                    response_mime_type="application/json",
                    response_json_schema=request.schema,
                ),
            )
        except errors.APIError as error:
            headers = getattr(error.response, "headers", None)
            raise service_errors.status_error(
                _SERVICE, error.code or 500, model, error.details, headers
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise service_errors.connection_error(_SERVICE) from None


def _no_redirects() -> aiohttp.TraceConfig:
    """Return what ends a call that is redirected: the key would go along in its header."""

    async def refuse(
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        redirect: aiohttp.TraceRequestRedirectParams,
    ) -> None:
        redirect.response.close()
        raise aiohttp.ClientError("redirected")

    config = aiohttp.TraceConfig()
    config.on_request_redirect.append(refuse)
    return config


class _LimitedResponse(aiohttp.ClientResponse):
    """A response of which at most `MAX_ANSWER_BYTES` are read."""

    async def read(self) -> bytes:
        """Return the body; raise `TooLongError`."""
        if self._body is None:
            parts, left = [], MAX_ANSWER_BYTES
            async for part in self.content.iter_any():
                left -= len(part)
                if left < 0:
                    self.close()
                    raise TooLongError
                parts.append(part)
            self._body = b"".join(parts)
        return self._body


def _open_gemini(key: str, url: str | None, session: aiohttp.ClientSession) -> "genai.Client":
    from google import genai
    from google.genai import types

    # Calls are repeated by `ModelAnalyst`, which knows how long a report may wait.
    options = types.HttpOptions(
        base_url=url,
        api_version=_API_VERSION,
        aiohttp_client=session,
        retry_options=types.HttpRetryOptions(attempts=1),
    )
    return genai.Client(api_key=key, vertexai=False, http_options=options)


def _completion(response: "types.GenerateContentResponse", model: str) -> Completion:
    usage = _usage(response, model)
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason is not None:
        raise service_errors.blocked_error(usage)
    candidate = response.candidates[0] if response.candidates else None
    reason = _name(candidate.finish_reason) if candidate is not None else ""
    if reason == _CUT:
        raise service_errors.cut_error(usage)
    if reason not in _FINISHED:
        raise service_errors.blocked_error(usage)
    parts = candidate.content.parts if candidate is not None and candidate.content else None
    text = "".join(part.text or "" for part in parts or () if not part.thought)
    return Completion(text, usage)


def _usage(response: "types.GenerateContentResponse", model: str) -> Usage:
    told = response.usage_metadata
    read = token_count(told.prompt_token_count) if told else 0
    counts = (told.candidates_token_count, told.thoughts_token_count) if told else ()
    written = sum(map(token_count, counts))
    return Usage(model, read, written, cost_of(model, read, written))


def _name(reason: Any) -> str:
    return str(getattr(reason, "value", reason) or "")
