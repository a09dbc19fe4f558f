"""Services that speak OpenAI's chat completions, through its SDK, loaded with the first call."""

import asyncio
from typing import TYPE_CHECKING, Any

from bot.reports.analysts import service_errors
from bot.reports.analysts.base import AnalystError, Mode, Usage
from bot.reports.analysts.model_client import (
    MAX_OUTPUT_TOKENS,
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
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletion

#: Servers of models at home want none, and the SDK wants one.
_ANY_KEY = "none"
#: A server that is there answers; the call as a whole has the time of its mode.
_TO_CONNECT_SECONDS = 60.0


class OpenAICompatibleClient:
    """Asks OpenAI, or whoever answers at *url* as OpenAI does."""

    def __init__(
        self,
        key: str | None,
        models: dict[Mode, str],
        *,
        url: str | None = None,
        timeouts: dict[Mode, float] | None = None,
    ) -> None:
        self._key = key or _ANY_KEY
        self._models = models
        self._url = url
        self._service = "OpenAI" if url is None else "The model's service"
        self._timeouts = timeouts or TIMEOUT_SECONDS

    async def complete(self, request: ModelRequest) -> Completion:
        """Return the JSON that the model writes."""
        seconds = self._timeouts[request.mode]
        try:
            async with asyncio.timeout(seconds):
                # The package takes half a second to load; the event loop goes on meanwhile.
                client = await asyncio.to_thread(_open_openai, self._key, self._url)
                async with client:
                    response = await self._call(client, request)
            return self._completion(response, self._models[request.mode])
        except TimeoutError:
            raise AnalystError("timeout", timeout_words(request.mode, seconds)) from None
        except UNREADABLE:
            raise service_errors.unreadable_error(self._service) from None

    async def _call(self, client: "AsyncOpenAI", request: ModelRequest) -> "ChatCompletion":
        import openai

        model = self._models[request.mode]
        try:
            return await client.chat.completions.create(
                model=model,
                messages=[
                    {"role": "system", "content": request.system},
                    {"role": "user", "content": request.prompt},
                ],
                max_completion_tokens=MAX_OUTPUT_TOKENS[request.mode],
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "strict": True, "schema": request.schema},
                },
            )
        except openai.APIStatusError as error:
            raise service_errors.status_error(
                self._service, error.status_code, model, error.body, error.response.headers
            ) from None
        except openai.APIConnectionError as error:  # Also what could not connect in time.
            if isinstance(error.__cause__, TooLongError):
                raise service_errors.unreadable_error(self._service) from None
            raise service_errors.connection_error(self._service) from None
        except openai.OpenAIError:
            raise service_errors.unreadable_error(self._service) from None

    def _completion(self, response: Any, model: str) -> Completion:
        """Return the answer; compatible servers leave out what OpenAI promises."""
        usage = _usage_of(response, model)
        choices = getattr(response, "choices", None)
        if not choices:
            raise AnalystError("empty", "The model gave an empty answer.", usage=usage)
        message = choices[0].message
        if choices[0].finish_reason == "length":
            raise service_errors.cut_error(usage)
        if choices[0].finish_reason == "content_filter" or getattr(message, "refusal", None):
            raise service_errors.blocked_error(usage)
        content = getattr(message, "content", None)
        return Completion(content if isinstance(content, str) else "", usage)


def _open_openai(key: str, url: str | None) -> "AsyncOpenAI":
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout

    from bot.reports.analysts.response_limit import limit_response

    # Calls are repeated by `ModelAnalyst`, which knows how long a report may wait.
    return AsyncOpenAI(
        api_key=key,
        base_url=url,
        max_retries=0,
        # The package's own 5 s to connect are few on a busy machine, and it calls them a timeout.
        timeout=Timeout(None, connect=_TO_CONNECT_SECONDS),
        default_headers={"Accept-Encoding": "identity"},
        http_client=DefaultAsyncHttpxClient(
            follow_redirects=False, event_hooks={"response": [limit_response]}
        ),
    )


def _usage_of(response: Any, model: str) -> Usage:
    told = getattr(response, "usage", None)
    read = token_count(getattr(told, "prompt_tokens", None))
    written = token_count(getattr(told, "completion_tokens", None))
    return Usage(model, read, written, cost_of(model, read, written))
