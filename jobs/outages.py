"""Notices outages, and tells of them once they are over."""

from bot.outages.service import Outages


async def watch_for_outages(outages: Outages) -> None:
    """Note that we are in touch with Slack, and write the note of an outage that has ended."""
    await outages.watch()
