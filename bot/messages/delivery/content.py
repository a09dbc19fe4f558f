"""A claim becomes what Slack is to show."""

from dataclasses import dataclass, field, replace
from typing import Any

from bot.errors import TemplateError
from bot.messages.delivery.outcome import Claim
from bot.messages.rendering.renderer import Rendered, Renderer
from bot.messages.rendering.sandbox import stored_context
from bot.messages.rendering.truncation import BLOCKS
from bot.messages.templates.isolation import Isolation
from bot.messages.transports.base import REPEAT, File

FALLBACK = "delivery/fallback"
#: A message that is nothing but a file; its context is `{name, content}`.
FILE = "delivery/file"
SUCCESSOR = "Stands for the message above, which Slack no longer lets me edit."

AS_TEXT = (
    "The payload is shown as text, for the template could not draw it (`template_error` says why): "
    "correct the template or the payload."
)


@dataclass(frozen=True)
class Drawn:
    """What is shown, and what the timeline is to say about it."""

    rendered: Rendered
    file: File | None = None
    detail: dict[str, Any] = field(default_factory=dict)


class Content:
    """Renders claims: our own templates here, stored ones where they can do no harm."""

    def __init__(self, renderer: Renderer, isolation: Isolation) -> None:
        self._renderer = renderer
        self._isolation = isolation

    async def of(self, claim: Claim) -> Drawn:
        """
        Return the claim as Slack is to show it.

        A stored template that fails gives way to the payload as text, with the reason in the
        detail; so has whatever else is not as the template has it.
        Raises `TemplateError` when one of our own fails, `WorkerStoppedError` when a stored one
        takes too much, and `UnavailableError` when there is nobody to render it now.
        """
        file = file_of(claim)
        if file is not None:
            return Drawn(Rendered(file.name, [], None), file)
        context = {**claim.context, "revision": claim.revision}
        if claim.source is None:
            return drawn(self._renderer.render(claim.template, context))
        try:
            return drawn(await self._stored(claim, claim.source, stored_context(context)))
        except TemplateError as error:
            told = {"code": claim.template, "payload": claim.context, "revision": claim.revision}
            rendered = self._renderer.render(FALLBACK, told)
            return Drawn(rendered, detail={"template_error": str(error), "altered": [AS_TEXT]})

    async def _stored(self, claim: Claim, source: str, context: dict[str, Any]) -> Rendered:
        rendered = self._renderer.render_logicless(source, context)
        if rendered is None:
            rendered = await self._isolation.render(claim.tenant, source, context)
        return rendered


def file_of(claim: Claim) -> File | None:
    """Return the file that the message is, if it is nothing but a file."""
    is_file = claim.source is None and claim.template == FILE
    return File(**claim.context) if is_file else None


def unrendered(claim: Claim) -> Drawn:
    """Return what a message can be looked for with that is not rendered."""
    return Drawn(Rendered("", [], None), file_of(claim))


def drawn(rendered: Rendered) -> Drawn:
    return Drawn(rendered, detail={"altered": rendered.altered} if rendered.altered else {})


def marked_as_repeat(rendered: Rendered) -> Rendered:
    """Return the message with a line that says that it may be a second copy."""
    return with_note(rendered, REPEAT)


def marked_as_successor(rendered: Rendered) -> Rendered:
    """Return the message with a line that says that it stands for one that cannot be edited."""
    return with_note(rendered, SUCCESSOR)


def with_note(rendered: Rendered, words: str) -> Rendered:
    blocks = list(rendered.blocks)
    if blocks and len(blocks) < BLOCKS:
        note = {"type": "plain_text", "text": words}
        blocks.append({"type": "context", "elements": [note]})
    return replace(rendered, text=f"{rendered.text}\n{words}".strip(), blocks=blocks)
