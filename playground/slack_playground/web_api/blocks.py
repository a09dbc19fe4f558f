"""blocks.validate: what Slack would say to blocks, a message or a view."""

from collections.abc import Callable
from typing import Any

from slack_playground.blocks import Problem, validate_blocks, validate_message, validate_view
from slack_playground.errors import SlackError
from slack_playground.requests.arguments import invalid_arguments
from slack_playground.requests.refusals import entry
from slack_playground.state import Record
from slack_playground.web_api.call import Call


def validate(call: Call) -> Record:
    sent = [name for name in _CHECKS if name in call.arguments]
    if len(sent) != 1:
        raise invalid_arguments("must provide exactly one of `blocks`, `message` and `view`")
    name = sent[0]
    problems = _CHECKS[name](call.arguments.structure(name))
    if problems:
        raise SlackError(f"invalid_{name}", errors=[entry(problem) for problem in problems])
    return {}


def _validate_blocks(blocks: Any) -> list[Problem]:
    return validate_blocks(blocks, "message")


_CHECKS: dict[str, Callable[[Any], list[Problem]]] = {
    "blocks": _validate_blocks,
    "message": validate_message,
    "view": validate_view,
}
