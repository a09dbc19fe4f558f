"""What the errors of services of models mean to people. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from bot.reports.analysts.base import AnalystError, Usage

_QUOTA = (
    "The model's quota is used up for now ({service} answered 429). "
    "Wait, or raise the quota of the key's project."
)
#: A service that says nothing of when to come back may be asked again soon.
_SOON = 0.0


def status_error(
    service: str,
    status: int,
    model: str,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> AnalystError:
    """Return what an HTTP status means, without repeating what the service wrote."""
    if status == 429:
        told = json.dumps(body, default=str).lower().replace("_", "")
        # The day's quota does not come back within a minute, nor does money.
        is_final = "perday" in told or "insufficientquota" in told
        wait = None if is_final else _retry_after(body, headers)
        return AnalystError("quota", _QUOTA.format(service=service), retry_after=wait)
    if status in (401, 403):
        return AnalystError(
            "refused", f"{service} refused the key ({status}). Check the key and its rights."
        )
    if status == 404:
        return AnalystError(
            "refused",
            f"{service} knows no model `{model}` (404). Name another one in the settings.",
        )
    if status >= 500 or status == 408:
        return AnalystError(
            "unavailable", f"{service} is not available ({status}).", retry_after=_SOON
        )
    if status == 400 and "api key" in json.dumps(body, default=str).lower().replace("_", " "):
        return AnalystError("refused", f"{service} refused the key (400). Check the key.")
    return AnalystError("refused", f"{service} refused the request ({status}).")


def connection_error(service: str) -> AnalystError:
    """Return that a service could not be reached; another try may help."""
    return AnalystError("unavailable", f"{service} cannot be reached.", retry_after=_SOON)


def cut_error(usage: Usage) -> AnalystError:
    """Return that an answer ended before it was complete."""
    return AnalystError("cut", "The model's answer was cut off.", usage=usage)


def blocked_error(usage: Usage | None) -> AnalystError:
    """Return that a service held its answer back."""
    return AnalystError("blocked", "The model's service held the answer back.", usage=usage)


def unreadable_error(service: str) -> AnalystError:
    """Return that the answer of a service was none of its own form."""
    return AnalystError("malformed", f"{service} gave an answer that could not be read.")


def _retry_after(body: object, headers: Mapping[str, str] | None) -> float:
    """Return in how many seconds to come back: the header's, or Google's `RetryInfo`."""
    told = (headers or {}).get("retry-after", "")
    try:
        return max(0.0, float(told))
    except ValueError:
        return _retry_info(body)


def _retry_info(body: object) -> float:
    error = body.get("error", body) if isinstance(body, dict) else {}
    details: Any = error.get("details") if isinstance(error, dict) else None
    for one in details if isinstance(details, list) else ():
        delay = one.get("retryDelay") if isinstance(one, dict) else None
        if isinstance(delay, str) and delay.endswith("s"):
            try:
                return max(0.0, float(delay[:-1]))
            except ValueError:
                continue
    return _SOON
