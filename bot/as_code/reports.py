"""Compares the reports of a folder with the database, and stores what differs."""

from collections.abc import Sequence

from bot.as_code.folder import NamedReport
from bot.as_code.plan import Action, Change
from bot.errors import InvalidError
from bot.reports.service import Reports
from bot.reports.service_types import Actor


class ReportPlan:
    """What the reports of a folder would change for one tenant, which posts in *workspace_id*."""

    def __init__(self, reports: Reports, tenant: str, workspace_id: str) -> None:
        self._reports = reports
        self._tenant = tenant
        self._workspace_id = workspace_id

    async def changes(self, wanted: Sequence[NamedReport]) -> list[Change]:
        """Return what would change; raise `InvalidError` naming the file that cannot be stored."""
        return [await self._change_of(one) for one in wanted]

    async def apply(self, wanted: Sequence[NamedReport]) -> None:
        """Store what differs; repeating it changes nothing."""
        for one in wanted:
            actor = self._actor(one)
            known, differing = await self._reports.compare(actor, one.fields)
            if known is None:
                await self._reports.create(actor, one.fields)
            elif differing:
                await self._reports.change(actor, known.id, one.fields, revision=known.revision)

    async def _change_of(self, wanted: NamedReport) -> Change:
        try:
            known, differing = await self._reports.compare(self._actor(wanted), wanted.fields)
        except InvalidError as error:
            raise InvalidError(f"reports/{wanted.code}.toml: {error}", error.problems) from error
        if known is None:
            return Change(Action.CREATE, "report", wanted.code)
        action = Action.CHANGE if differing else Action.NONE
        return Change(action, "report", wanted.code, tuple(differing))

    def _actor(self, wanted: NamedReport) -> Actor:
        """Return the owner: whoever may run the command may write for everybody."""
        return Actor(self._tenant, self._workspace_id, wanted.owner, is_admin=True)
