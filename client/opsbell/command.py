"""Running a command and telling how it goes, without coming between it and the world."""

from __future__ import annotations

import os
import signal

from .forwarding import Forwarding
from .shield import Shield

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .output.stream import Stream
    from .watching import Watching

NOT_EXECUTABLE, NOT_FOUND, SIGNALLED = 126, 127, 128
# Python ignores these at its start; a command expects them to work.
RESTORED = [signal.SIGPIPE, signal.SIGXFSZ]


class CannotStartError(Exception):
    """The command does not exist (127) or may not be executed (126)."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


def run_command(argv: Sequence[str], watching: Watching | None) -> int:
    """
    Run *argv* to its end and return the exit code a shell would show.

    Raises CannotStartError. Without *watching* the command has our own
    descriptors and nothing of what it prints passes through us.
    """
    forwarding = Forwarding()
    _keep_standard_descriptors()
    streams = _streams(watching) if watching else []
    try:
        pid = _spawn(argv, streams, forwarding)
    except CannotStartError:
        for stream in streams:
            stream.discard()
        raise
    for stream in streams:
        stream.start()
    forwarding.start(pid, [stream.copy_window_size for stream in streams])
    if watching:
        watching.begin()
    status = _wait(pid)
    code = SIGNALLED + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    left = [stream for stream in streams if not stream.finish()]
    lost = next((stream.error.strerror for stream in streams if stream.error), None)
    if lost:
        # Alone, the command would have known of a full disk and failed.
        _complain(f"cannot pass on the output: {lost}")
        code = code or 1
    if watching:
        watching.finish(code, forwarding.stopped_by, lost)
    for stream in left:
        _hand_over(stream)
    return code


def _streams(watching: Watching) -> list[Stream]:
    """Make one stream for both outputs if they lead to the same place: it keeps their order."""
    from .output.stream import Stream

    if os.path.sameopenfile(1, 2):
        watches = {1: watching.both}
    else:
        watches = {1: watching.out, 2: watching.err}
    quiet = watching.look_milliseconds
    streams = [Stream(number, watch, quiet) for number, watch in watches.items()]
    for stream in streams:
        stream.copy_window_size()
    return streams


def _spawn(argv: Sequence[str], streams: list[Stream], forwarding: Forwarding) -> int:
    actions = [(os.POSIX_SPAWN_DUP2, stream.sink, stream.number) for stream in streams]
    if len(streams) == 1:
        actions.append((os.POSIX_SPAWN_DUP2, streams[0].sink, 2))
    try:
        return _posix_spawn(argv, actions, forwarding)
    except FileNotFoundError as error:
        raise CannotStartError(f"{argv[0]}: command not found", NOT_FOUND) from error
    except (OSError, ValueError) as error:
        if not argv[0]:  # A shell says the same of ''.
            raise CannotStartError("'': command not found", NOT_FOUND) from error
        text = getattr(error, "strerror", None) or str(error)
        raise CannotStartError(f"{argv[0]}: {text}", NOT_EXECUTABLE) from error


def _posix_spawn(
    argv: Sequence[str], actions: list[tuple[int, int, int]], forwarding: Forwarding
) -> int:
    def spawn(command: list[str]) -> int:
        return os.posix_spawnp(
            command[0],
            command,
            os.environ,
            file_actions=actions,
            setsigmask=forwarding.mask_before,
            setsigdef=RESTORED,
        )

    try:
        return spawn(list(argv))
    except OSError as error:
        import errno

        if error.errno != errno.ENOEXEC:
            raise
    # A script without its first line: a shell runs it itself, so it goes to one.
    import shutil

    return spawn(["/bin/sh", shutil.which(argv[0]) or argv[0], *argv[1:]])


def _complain(text: str) -> None:
    with Shield("complain"):
        os.write(2, f"opsbell: {text}\n".encode("utf-8", "backslashreplace"))


def _wait(pid: int) -> int:
    """Wait for the command; orphans that end up with us (as process 1) are reaped too."""
    while True:
        ended, status = os.wait()
        if ended == pid:
            return status


def _hand_over(stream: Stream) -> None:
    """
    Let `cat` go on copying for a process that the command left behind.

    Ending the stream would kill it at its next write; waiting for it would
    hold up an exit that is due.
    """
    with Shield("hand a stream over"):
        os.posix_spawnp(
            "cat",
            ["cat"],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, stream.source, 0),
                (os.POSIX_SPAWN_DUP2, stream.number, 1),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ],
            setsigmask=(),
            setsigdef=RESTORED,
        )


def _keep_standard_descriptors() -> None:
    """Open the missing ones of 0, 1 and 2, so that no pipe of ours takes their number."""
    while True:
        number = os.open(os.devnull, os.O_RDWR)
        if number > 2:
            os.close(number)
            return
        os.set_inheritable(number, True)
