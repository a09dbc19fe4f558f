"""`/ops leaderboard [name] [post]`."""

from bot.errors import NotFoundError
from listeners.commands.command_request import Asked, CommandReply
from listeners.views import rich_text_parts
from listeners.wording import as_mrkdwn

POST = "post"


async def show_or_post_leaderboard(asked: Asked) -> CommandReply:
    """Return the week so far of a board, to the asker alone; or post it for all to see."""
    boards, values = asked.services.leaderboards, dict(asked.request.values)
    if values.get("name") == POST:  # The board's name was left out.
        values = {"post": POST}
    if not boards.names:
        raise NotFoundError("There are no leaderboards in this workspace.")
    name = values.get("name") or boards.names[0]
    if values.get("post"):
        return await _command_post(asked, name)
    shown = await boards.rendered(name)
    others = ", ".join(f"/leaderboard {one}" for one in boards.names if one != name)
    more = (
        [
            rich_text_parts.rich_text(
                rich_text_parts.section(rich_text_parts.text_part(f"More: {others}"))
            )
        ]
        if others
        else []
    )
    return {"response_type": "ephemeral", "text": shown.text, "blocks": [*shown.blocks, *more]}


async def _command_post(asked: Asked, name: str) -> CommandReply:
    """Post the week so far, or bring its post up to date."""
    await asked.services.rights.require_operator(asked.user_id)
    posted = await asked.services.leaderboards.post(name, by=asked.user_id)
    sentence = as_mrkdwn(
        f"<@{asked.user_id}> posts the leaderboard `{name}` of week {posted.week.number}"
        f" in <#{posted.channel}>."
    )
    return {"response_type": "in_channel", "text": sentence}
