"""Help texts made from the grammar. Pure; mrkdwn before escaping."""

from bot.errors import InvalidError
from bot.suggestions import closest
from listeners.commands.grammar import AREAS, COMMAND, SHORT_CUTS, Area, find_area, usage


def usage_block(area: Area | None = None) -> str:
    """Return one line per command, of one area or of all."""
    return "\n".join(
        f"• `{usage(one, verb)}` {verb.about}"
        for one in ([area] if area else AREAS)
        for verb in one.verbs
    )


def help_text(area_name: str | None = None) -> str:
    """Return the short help, or that of one area; raise `InvalidError` for an unknown one."""
    if area_name is None:
        short = ", ".join(f"`{cut}` for `{COMMAND} {area}`" for cut, area in SHORT_CUTS.items())
        return f"*What I can do*\n{usage_block()}\nShort forms: {short}."
    area = find_area(area_name.lower())
    if area is not None:
        return f"*{COMMAND} {area.name}*: {area.about}\n{usage_block(area)}"
    names = [one.name for one in AREAS]
    near = closest(area_name.lower(), names)
    hint = f" Did you mean `help {near}`?" if near else ""
    raise InvalidError(f"There is no help for that.{hint} Topics: {', '.join(names)}.")
