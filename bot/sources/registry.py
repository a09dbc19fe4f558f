"""The sources of this bot: those of `[sources.*]`, and the built-in one."""

from collections.abc import Mapping, Sequence

from bot.clock import Clock
from bot.config_sections.reports import DIALECTS, OWN_SOURCE, SourceSettings
from bot.errors import FieldProblem, InvalidError
from bot.messages.workers.pool import Workers
from bot.messages.workers.process import Limits
from bot.sources.base import QueryError, Source
from bot.sources.database import DatabaseSource
from bot.sources.opsbell_tables import own_views
from bot.suggestions import did_you_mean

_PROGRAM = "bot.sources.reader_program"
#: Address space, of which a database takes more than it uses.
_MEMORY_MB = 2_048
#: Queries at the same time; no source may have all of them.
_PROCESSES = 3
_OWN_ROW_LIMIT = 10_000
_OWN_TIMEOUT_SECONDS = 30.0


def reading_workers() -> Workers:
    """Return the processes that read sources; they start with the first query."""
    return Workers(Limits(memory_mb=_MEMORY_MB, program=_PROGRAM), count=_PROCESSES)


class Sources:
    """Finds sources by name, for a tenant; ends the processes that read them."""

    def __init__(
        self,
        settings: Mapping[str, SourceSettings],
        *,
        database_url: str,
        clock: Clock,
        workers: Workers | None = None,
    ) -> None:
        """Take `[sources.*]`, and the address of the bot's own database for the built-in one."""
        self._settings = settings
        self._database_url = database_url
        self._clock = clock
        self._workers = workers or reading_workers()

    def names(self, tenant: str = "default") -> Sequence[str]:
        """Return the sources that a tenant may read, the built-in one last."""
        own = [name for name, one in self._settings.items() if one.is_open_to(tenant)]
        return [*own, OWN_SOURCE]

    def get(self, name: str | None, tenant: str = "default") -> Source:
        """
        Return a source by its name; with None the only configured one, or else the built-in one.

        Raises `InvalidError` with the field `source` if there is none of this name, or several.
        """
        known = self.names(tenant)
        if name is None and len(known) > 2:
            message = f"name one of {', '.join(sorted(known))}"
            raise InvalidError(f"source: {message}", [FieldProblem("source", message)])
        chosen = known[0] if name is None else name
        if chosen not in known:
            message = f"there is no source `{chosen}`{did_you_mean(chosen, known)}"
            raise InvalidError(f"source: {message}", [FieldProblem("source", message)])
        return self._own(tenant) if chosen == OWN_SOURCE else self._configured(chosen)

    async def health(self, tenant: str = "default") -> Mapping[str, str]:
        """Return `ok` for each source that answers a tenant's question, else why it does not."""
        states: dict[str, str] = {}
        for name in self.names(tenant):
            try:
                await self.get(name, tenant).tables()
                states[name] = "ok"
            except QueryError as error:
                states[name] = str(error)
        return states

    def close(self) -> None:
        """Stop all queries; who waits for one gets `QueryError`."""
        self._workers.close()

    def _configured(self, name: str) -> Source:
        found = self._settings[name]
        address = found.address()
        return self._source(
            name,
            DIALECTS[address.partition("://")[0]],
            address,
            found.row_limit,
            found.timeout_seconds,
            tables=found.tables,
        )

    def _own(self, tenant: str) -> Source:
        dialect = DIALECTS[self._database_url.partition("://")[0]]
        return self._source(
            OWN_SOURCE,
            dialect,
            self._database_url,
            _OWN_ROW_LIMIT,
            _OWN_TIMEOUT_SECONDS,
            views=own_views(tenant, dialect),
        )

    def _source(
        self,
        name: str,
        dialect: str,
        url: str,
        row_limit: int,
        timeout_seconds: float,
        *,
        tables: list[str] | None = None,
        views: Mapping[str, str] | None = None,
    ) -> Source:
        spec = {
            "name": name,
            "dialect": dialect,
            "url": url,
            "row_limit": row_limit,
            "timeout_seconds": timeout_seconds,
            "tables": tables,
            "views": views,
        }
        return DatabaseSource(spec, self._workers, self._clock)
