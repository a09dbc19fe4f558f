"""
The program of a worker process that reads sources: `python -m bot.sources.reader_program <MB>`.

It reads jobs from the socket that is its standard input and writes the results back, each message
as a length and JSON. Only here queries are parsed and run, so the bot never waits for one.
"""

import json
import os
import resource
import socket
import sys
import time
from importlib import import_module
from typing import Any

from bot.errors import InvalidError
from bot.messages.workers.process import LENGTH_PREFIX, OUT_OF_MEMORY
from bot.sources.base import QueryError
from bot.sources.cells import exact_columns
from bot.sources.opsbell_tables import BACKING_TABLES
from bot.sources.query_preparation import check_select, readable_tables, runnable_select
from bot.sources.readers.base import MAX_RESULT_BYTES, Reader, SourceSpec, too_large
from bot.sources.readers.sqlite import SqliteReader
from bot.sources.result import encode_cell

ReadJob = dict[str, Any]
#: What people click comes before what is reported.
_READER_NICENESS = 5
#: SQLite writes a little beside a file that another program has open in WAL mode.
_WRITTEN_BYTES = 64 * 1024 * 1024
#: A query may use two processors; parsing and starting come on top.
_EXTRA_CPU_SECONDS = 10
_READER_CLASSES = {
    "sqlite": "SqliteReader",
    "postgres": "PostgresqlReader",
    "duckdb": "DuckdbReader",
    "bigquery": "BigqueryReader",
}
_MODULES = {"postgres": "postgresql"}


def serve_sources() -> None:
    """Answer jobs until the bot hangs up."""
    _give_up_rights(int(sys.argv[1]))
    with socket.socket(fileno=0) as channel, channel.makefile("rb") as incoming:
        while header := incoming.read(LENGTH_PREFIX.size):
            (length,) = LENGTH_PREFIX.unpack(header)
            try:
                answer = answer_read(json.loads(incoming.read(length)))
            except MemoryError:
                os._exit(OUT_OF_MEMORY)
            channel.sendall(LENGTH_PREFIX.pack(len(answer)) + answer)


def answer_read(job: ReadJob) -> bytes:
    """Do one job and return its answer as JSON, as `bot.sources.database` reads it."""
    spec = SourceSpec.from_json(job["source"])
    _limit_cpu(spec.timeout_seconds)
    try:
        reader = open_reader(spec)
        try:
            return json.dumps({"done": _READ_JOBS[job["kind"]](job, reader, spec)}).encode()
        finally:
            reader.close()
    except QueryError as error:
        return json.dumps({"query_error": [error.code, str(error)]}).encode()
    except InvalidError as error:
        pairs = [(one.field, one.message) for one in error.problems]
        return json.dumps({"invalid": str(error), "problems": pairs}).encode()


def open_reader(spec: SourceSpec) -> Reader:
    """Return an open connection to a source; raise `QueryError` if it cannot be reached."""
    module = import_module(f"bot.sources.readers.{_MODULES.get(spec.dialect, spec.dialect)}")
    reader: Reader = getattr(module, _READER_CLASSES[spec.dialect])(spec)
    return reader


def list_tables(_job: ReadJob, reader: Reader, spec: SourceSpec) -> list[Any]:
    return [
        [table.name, [[one.name, one.kind.value, one.has_zone] for one in table.columns]]
        for table in readable_tables(reader, spec)
    ]


def check_query(job: ReadJob, reader: Reader, spec: SourceSpec) -> str:
    return check_select(job["sql"], reader, spec)


def fetch_rows(job: ReadJob, reader: Reader, spec: SourceSpec) -> ReadJob:
    try:
        sql = runnable_select(job["sql"], reader, spec)
    except InvalidError as error:
        raise QueryError("refused", str(error)) from error
    if isinstance(reader, SqliteReader):
        listed = [table.name for table in readable_tables(reader, spec)]
        reader.allow_only(listed if spec.views is None else BACKING_TABLES)
    began = time.monotonic()
    columns, rows = exact_columns(reader.read(sql))
    seconds = time.monotonic() - began
    encoded = [[encode_cell(cell) for cell in row] for row in rows]
    if len(json.dumps(encoded)) > MAX_RESULT_BYTES:
        raise too_large()
    named = [{"name": one.name, "kind": one.kind.value, "unit": one.unit} for one in columns]
    return {"columns": named, "rows": encoded, "seconds": round(seconds, 3)}


_READ_JOBS = {"tables": list_tables, "check": check_query, "fetch": fetch_rows}


def _give_up_rights(memory_mb: int) -> None:
    """Give up, for good, what no job needs."""
    memory = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_WRITTEN_BYTES, _WRITTEN_BYTES))
    os.nice(_READER_NICENESS)


def _limit_cpu(seconds: float) -> None:
    """Let the next job take so long; the kernel ends a process that takes longer."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    allowed = int(time.process_time() + 2 * seconds) + _EXTRA_CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, hard))


if __name__ == "__main__":
    serve_sources()
