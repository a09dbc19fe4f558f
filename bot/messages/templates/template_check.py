"""Checks whether a template may be stored: its schema, its samples, and Slack's rules. Pure."""

from typing import Any

from bot.errors import FieldProblem, InvalidError, TemplateError
from bot.messages.rendering.own_buttons import own_buttons, own_buttons_in
from bot.messages.rendering.renderer import Rendered, Renderer
from bot.messages.rendering.sandbox import stored_context
from bot.messages.templates.block_placement import invalid_places
from bot.messages.templates.payload_schema import schema_problems
from bot.messages.templates.sample_payloads import samples_of


def require_storable(
    renderer: Renderer, body: str, schema: dict[str, Any] | None
) -> dict[str, Any]:
    """Return the first sample that the template renders; raise `InvalidError` if there is none."""
    problems = schema_problems(schema or {})
    if problems:
        raise InvalidError("The schema cannot be used; nothing was stored.", problems)
    problems = [FieldProblem("body", one) for one in own_buttons_in(body)]
    if problems:
        raise InvalidError(f"A button is not yours: {problems[0].message}.", problems)
    refusals = []
    for sample in samples_of(body, schema):
        try:
            try_out(renderer, body, sample)
        except InvalidError as error:
            refusals.append(error)
        else:
            return sample
    raise refusals[0]


def try_out(renderer: Renderer, body: str, payload: dict[str, Any]) -> Rendered:
    """Render a payload; raise `InvalidError` when Slack would not show what comes out."""
    try:
        context = stored_context(payload)
        parsed = renderer.parsed(body, context)
        buttons = [FieldProblem("body", one) for one in own_buttons(parsed)]
        rendered = renderer.message(parsed, context)
    except TemplateError as error:
        problem = FieldProblem("body", str(error))
        raise InvalidError(f"The template cannot be rendered: {error}.", [problem]) from error
    if buttons:
        raise InvalidError(f"A button is not yours: {buttons[0].message}.", buttons)
    problems = [FieldProblem("body", one) for one in invalid_places(rendered.blocks)]
    if problems:
        raise InvalidError(f"Slack would refuse this: {problems[0].message}.", problems)
    return rendered
