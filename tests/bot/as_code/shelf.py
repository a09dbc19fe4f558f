"""A folder of files, and a database that it is applied to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from bot.all_tables import TABLES
from bot.applied_files.ledger import applied_files
from bot.as_code.change import Change
from bot.as_code.folder import FolderProblems, read_folder
from bot.as_code.gone_files import GoneFiles
from bot.as_code.origin import Origin
from bot.as_code.plan import FolderPlan, apply_changes
from bot.as_code.reports import ReportChanges
from bot.as_code.senders import SenderPlan
from bot.as_code.templates import TemplatePlan
from bot.db import Database
from bot.messages import outbox
from bot.messages.destinations import Destination, Destinations
from bot.messages.models import MessageState
from bot.messages.requests.sender_settings import Senders
from bot.messages.templates.store import Templates
from tests.bot.reports.service_room import ADA, OPS, Office
from tests.isolation import ISOLATION

TENANT = "default"
ORDER = '{"text": "Order {{ order }} is on its way"}'
SHOP = 'queue = "email"\nallowed_channels = ["C0OPS00001", "C0OPS00002"]\n'
SALES = f"""
name = "Sales"
user_id = "{ADA}"
query = "select total from sales"
slack_config = {{ slack_channel = "{OPS}" }}
[schedule]
frequency = "daily"
time = "09:00"
timezone = "UTC"
"""


class Shelf:
    """The folder at *path*; what it holds is written with `put`."""

    def __init__(self, database: Database, path: Path) -> None:
        self.database = database
        self.path = path
        self.office = Office(database)
        self.clock = self.office.clock
        self.templates = Templates(database, ISOLATION, self.clock)
        mail = Destination("mail", TENANT, "mailto://ada@x.example")
        self.senders = Senders(database, self.clock, Destinations([mail]))

    def put(self, **files: str | None) -> None:
        """Write files, `templates__order="…"`; None removes one."""
        endings = {"templates": "json", "senders": "toml", "reports": "toml"}
        for name, text in files.items():
            kind, _, code = name.partition("__")
            file = self.path / kind / f"{code}.{endings[kind]}"
            file.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                file.unlink()
            else:
                file.write_text(text)

    async def plan(
        self, *, prune: bool = False, name: str = "main", figures: bool = False
    ) -> list[Change]:
        """Compare the folder with the database; raise `InvalidError` for what is wrong."""
        problems = FolderProblems()
        folder = read_folder(self.path, problems)
        applied = await self.database.read(lambda session: applied_files(session, TENANT))
        origin = Origin(TENANT, name, self.clock.now(), applied)
        plan = FolderPlan(
            self.database,
            TemplatePlan(self.database, ISOLATION, origin),
            SenderPlan(self.database, self.senders, origin),
            ReportChanges(self.office.reports, origin, "T1", with_figures=figures),
            GoneFiles(origin, folder, prune),
        )
        changes = await plan.changes(folder, problems)
        problems.refuse()
        return changes

    async def apply(self, **how: Any) -> list[Change]:
        """Compare, store, and return what was compared."""
        changes = await self.plan(**how)
        apply_changes(self.database, changes, None)
        self.clock.advance(minutes=1)
        return changes

    async def send(
        self,
        context: dict[str, Any],
        *,
        code: str = "order",
        sender: str | None = None,
        channel: str = "C0OPS00001",
        state: MessageState = MessageState.IDLE,
    ) -> str:
        """Store a message of a template as a request would, and return its id."""
        stored = await self.templates.get(TENANT, code)

        def work(session: Session) -> str:
            place = outbox.Place("T1", TENANT, channel)
            content = outbox.Content(code, context)
            message = outbox.put(session, place, content, now=self.clock.now())
            message.template_id, message.sender, message.state = stored.id, sender, state
            return message.id

        return self.database.transact(work)

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Return every row of every table."""

        def work(session: Session) -> dict[str, list[dict[str, Any]]]:
            return {
                str(table.__tablename__): sorted(
                    (row.model_dump(warnings=False) for row in session.exec(select(table))),
                    key=repr,
                )
                for table in TABLES
            }

        return self.database.snapshot(work)


def short(changes: Sequence[Change]) -> list[tuple[str, str]]:
    """Return actions and codes."""
    return [(str(one.action), one.code) for one in changes]
