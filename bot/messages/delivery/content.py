"""Renders a claimed message into the content to send."""

from dataclasses import dataclass, field, replace
from typing import Any

from bot.errors import TemplateError
from bot.messages.delivery.outcome import Claim
from bot.messages.rendering.renderer import Rendered, Renderer
from bot.messages.rendering.sandbox import stored_context
from bot.messages.rendering.truncation import BLOCKS
from bot.messages.templates.isolation import Isolation
from bot.messages.transports.base import REPEAT, File

_FALLBACK = "delivery/fallback"
#: A message that is nothing but a file; its context is `{name, content}`.
FILE = "delivery/file"
SUCCESSOR = "Stands for the message above, which Slack no longer lets me edit."

_AS_TEXT = (
    "The payload is shown as text, for the template could not draw it (`template_error` says why): "
    "correct the template or the payload."
)


@dataclass(frozen=True)
class DeliveryContent:
    """The content to send, and the detail for the timeline."""

    rendered: Rendered
    file: File | None = None
    detail: dict[str, Any] = field(default_factory=dict)


class ClaimRenderer:
    """Renders claims: our own templates here, stored ones in worker processes if needed."""

    def __init__(self, renderer: Renderer, isolation: Isolation) -> None:
        self._renderer = renderer
        self._isolation = isolation

    async def of(self, claim: Claim) -> DeliveryContent:
        """
        Return the content of a claim.

        If a stored template fails, the payload is shown as text, with the reason and all other
        warnings in the detail. Raises `TemplateError` if one of our own templates fails,
        `WorkerStoppedError` if a stored one exceeds its limits, and `UnavailableError` if no worker
        can render it now.
        """
        file = _file_of(claim)
        if file is not None:
            return DeliveryContent(Rendered(file.name, [], None), file)
        context = {**claim.context, "revision": claim.revision}
        if claim.source is None:
            return _content_of(self._renderer.render(claim.template, context))
        try:
            return _content_of(await self._stored(claim, claim.source, stored_context(context)))
        except TemplateError as error:
            told = {"code": claim.template, "payload": claim.context, "revision": claim.revision}
            rendered = self._renderer.render(_FALLBACK, told)
            return DeliveryContent(
                rendered, detail={"template_error": str(error), "warnings": [_AS_TEXT]}
            )

    async def _stored(self, claim: Claim, source: str, context: dict[str, Any]) -> Rendered:
        rendered = self._renderer.render_logicless(source, context)
        if rendered is None:
            rendered = await self._isolation.render(claim.tenant, source, context)
        return rendered


def _file_of(claim: Claim) -> File | None:
    """Return the file that the message is, if it is nothing but a file."""
    is_file = claim.source is None and claim.template == FILE
    return File(**claim.context) if is_file else None


def unrendered(claim: Claim) -> DeliveryContent:
    """Return content with which an unrendered message can be looked up."""
    return DeliveryContent(Rendered("", [], None), _file_of(claim))


def _content_of(rendered: Rendered) -> DeliveryContent:
    return DeliveryContent(
        rendered, detail={"warnings": rendered.warnings} if rendered.warnings else {}
    )


def marked_as_repeat(rendered: Rendered) -> Rendered:
    """Return the message with a line that says that it may be a second copy."""
    return _with_note(rendered, REPEAT)


def marked_as_successor(rendered: Rendered) -> Rendered:
    """Return the message with a line saying that it replaces one that cannot be edited."""
    return _with_note(rendered, SUCCESSOR)


def _with_note(rendered: Rendered, words: str) -> Rendered:
    blocks = list(rendered.blocks)
    if blocks and len(blocks) < BLOCKS:
        note = {"type": "plain_text", "text": words}
        blocks.append({"type": "context", "elements": [note]})
    return replace(rendered, text=f"{rendered.text}\n{words}".strip(), blocks=blocks)
