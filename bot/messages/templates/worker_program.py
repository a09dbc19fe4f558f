"""
The program of a worker process: `python -m bot.messages.templates.worker_program <MB>`.

It reads jobs from the socket that is its standard input and writes the results back, each message
as a length and JSON. The kernel ends it when a job exceeds a limit; the bot starts another one.
"""

import json
import os
import resource
import socket
import sys
import time
from pathlib import Path
from typing import Any

from bot.errors import FieldProblem, InvalidError, TemplateError
from bot.messages.rendering.renderer import Rendered, Renderer
from bot.messages.templates.payload_schema import payload_problems
from bot.messages.templates.template_check import require_storable, try_out
from bot.messages.workers.process import LENGTH_PREFIX, OUT_OF_MEMORY

Job = dict[str, Any]
#: Less than the bot's: what people click comes before what tenants compute.
_NICENESS = 5
_NO_FOLDER = Path("stored templates need no folder")


def work() -> None:
    """Answer jobs until the bot hangs up."""
    _restrict(int(sys.argv[1]))
    renderer = Renderer(_NO_FOLDER)
    with socket.socket(fileno=0) as channel, channel.makefile("rb") as incoming:
        while header := incoming.read(LENGTH_PREFIX.size):
            (length,) = LENGTH_PREFIX.unpack(header)
            try:
                job = json.loads(incoming.read(length))
                _allow_cpu(job["cpu_seconds"])
                answer = json.dumps(_run_job(renderer, job)).encode()
            except MemoryError:
                os._exit(OUT_OF_MEMORY)
            channel.sendall(LENGTH_PREFIX.pack(len(answer)) + answer)


def _run_job(renderer: Renderer, job: Job) -> Any:
    """Do one job and return its answer, as `bot.messages.templates.isolation` reads it."""
    try:
        return {"done": _JOBS[job["kind"]](renderer, job)}
    except TemplateError as error:
        return {"template_error": str(error)}
    except InvalidError as error:
        return {"invalid": str(error), "problems": _as_pairs(error.problems)}


def render(renderer: Renderer, job: Job) -> Job:
    return _rendered_json(renderer.render_source(job["body"], job["context"]))


def preview(renderer: Renderer, job: Job) -> Job:
    return _rendered_json(try_out(renderer, job["body"], job["payload"]))


def check(renderer: Renderer, job: Job) -> Job:
    return require_storable(renderer, job["body"], job["schema"])


def validate(_renderer: Renderer, job: Job) -> list[Any]:
    return [_as_pairs(payload_problems(one, job["schema"])) for one in job["payloads"]]


_JOBS = {"render": render, "preview": preview, "check": check, "validate": validate}


def _rendered_json(rendered: Rendered) -> Job:
    return {name: getattr(rendered, name) for name in ("text", "blocks", "overflow", "warnings")}


def _as_pairs(problems: Any) -> list[tuple[str, str]]:
    return [(one.field, one.message) for one in problems if isinstance(one, FieldProblem)]


def _restrict(memory_mb: int) -> None:
    """Give up, for good, what no job needs."""
    memory = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.nice(_NICENESS)


def _allow_cpu(seconds: int) -> None:
    """Let the next job take so long; the kernel ends a process that takes longer."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + seconds, hard))


if __name__ == "__main__":
    work()
