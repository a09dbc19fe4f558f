"""
The program of a worker process: `python -m bot.messages.templates.worker_program <MB>`.

It takes jobs from the socket that is its standard input and answers them there, each message as
its length and JSON. The system ends it when a job oversteps a limit; the bot starts another one.
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
from bot.messages.rendering.worker_process import LENGTH, OUT_OF_MEMORY
from bot.messages.templates.payload_schema import payload_problems
from bot.messages.templates.template_check import require_storable, try_out

Job = dict[str, Any]
#: Less than the bot's: what people click comes before what tenants compute.
NICENESS = 5
NO_FOLDER = Path("stored templates need no folder")


def main() -> None:
    """Answer jobs until the bot hangs up."""
    _restrict(int(sys.argv[1]))
    renderer = Renderer(NO_FOLDER)
    with socket.socket(fileno=0) as channel, channel.makefile("rb") as incoming:
        while header := incoming.read(LENGTH.size):
            (length,) = LENGTH.unpack(header)
            try:
                job = json.loads(incoming.read(length))
                _allow_cpu(job["cpu_seconds"])
                answer = json.dumps(answer_to(renderer, job)).encode()
            except MemoryError:
                os._exit(OUT_OF_MEMORY)
            channel.sendall(LENGTH.pack(len(answer)) + answer)


def answer_to(renderer: Renderer, job: Job) -> Any:
    """Do one job and return its answer, as `bot.messages.templates.isolation` reads it."""
    try:
        return {"done": JOBS[job["kind"]](renderer, job)}
    except TemplateError as error:
        return {"template_error": str(error)}
    except InvalidError as error:
        return {"invalid": str(error), "problems": as_pairs(error.problems)}


def render(renderer: Renderer, job: Job) -> Job:
    return as_json(renderer.render_source(job["body"], job["context"]))


def preview(renderer: Renderer, job: Job) -> Job:
    return as_json(try_out(renderer, job["body"], job["payload"]))


def check(renderer: Renderer, job: Job) -> None:
    require_storable(renderer, job["body"], job["schema"])


def validate(_renderer: Renderer, job: Job) -> list[Any]:
    return [as_pairs(payload_problems(one, job["schema"])) for one in job["payloads"]]


JOBS = {"render": render, "preview": preview, "check": check, "validate": validate}


def as_json(rendered: Rendered) -> Job:
    return {name: getattr(rendered, name) for name in ("text", "blocks", "overflow", "altered")}


def as_pairs(problems: Any) -> list[tuple[str, str]]:
    return [(one.field, one.message) for one in problems if isinstance(one, FieldProblem)]


def _restrict(memory_mb: int) -> None:
    """Give up, for good, what no job needs."""
    memory = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.nice(NICENESS)


def _allow_cpu(seconds: int) -> None:
    """Let the next job take so long; the kernel ends a process that takes longer."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + seconds, hard))


if __name__ == "__main__":
    main()
