"""One output of the command: where it comes from, and passing it on untouched."""

from __future__ import annotations

import errno
import os
import select
import threading

from opsbell.shield import Shield

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK_BYTES = 65536
# After the command's end a terminal's last bytes may still be on their way through the kernel.
GRACE_MILLISECONDS = 50


class Stream:
    """
    Copies what the command writes to our own descriptor *number*, byte for byte.

    The command gets a terminal where we have one, else a pipe. *watch* sees
    every chunk after it was passed on, and nothing whenever there was nothing
    for *quiet_milliseconds* (None: never); what it raises is dropped.
    """

    def __init__(
        self, number: int, watch: Callable[[bytes], None], quiet_milliseconds: int | None = None
    ) -> None:
        self.number = number
        self._watch = watch
        self._quiet_milliseconds = quiet_milliseconds
        self.is_terminal = os.isatty(number)
        self.source, self.sink = _terminal() if self.is_terminal else os.pipe()
        self._stop_reader, self._stop_writer = os.pipe()
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._is_at_end = False
        # Why something the command wrote was lost, which it may not have noticed.
        self.error: OSError | None = None

    def start(self) -> None:
        """Begin to copy; the command has its end of the stream by now."""
        os.close(self.sink)
        self._thread.start()

    def finish(self) -> bool:
        """
        Wait until everything the command wrote is passed on.

        True: the stream is at its end. False: a process the command left
        behind still holds it.
        """
        os.close(self._stop_writer)
        self._thread.join()
        return self._is_at_end

    def discard(self) -> None:
        """Close everything of a stream that was never started."""
        for number in (self.source, self.sink, self._stop_reader, self._stop_writer):
            os.close(number)

    def copy_window_size(self) -> None:
        """Give the command's terminal the size of ours."""
        if self.is_terminal:
            import fcntl
            import termios

            with Shield("copy the window size"):
                size = fcntl.ioctl(self.number, termios.TIOCGWINSZ, b"\0" * 8)
                fcntl.ioctl(self.source, termios.TIOCSWINSZ, size)

    def _copy(self) -> None:
        poll = select.poll()
        poll.register(self.source, select.POLLIN)
        poll.register(self._stop_reader, select.POLLIN)
        is_stopping = False
        while True:
            ready = dict(poll.poll(GRACE_MILLISECONDS if is_stopping else self._quiet_milliseconds))
            if self.source in ready:
                if not self._copy_chunk():
                    self._is_at_end = True
                    return
            elif self._stop_reader in ready:
                is_stopping = True
                poll.unregister(self._stop_reader)
            elif is_stopping:
                return
            else:
                with Shield("look at a quiet output"):
                    self._watch(b"")

    def _copy_chunk(self) -> bool:
        chunk = _read(self.source)
        if not chunk:
            return False
        try:
            write_all(self.number, chunk)
        except OSError as error:
            # Nobody reads us any more. The command finds out at its next write, as it would alone.
            os.close(self.source)
            # A reader or a terminal that has left is no loss.
            if error.errno not in (errno.EPIPE, errno.EIO):
                self.error = error
            return False
        with Shield("watch the output"):
            self._watch(chunk)
        return True


def write_all(number: int, data: bytes) -> None:
    """Write *data*, waiting for room where the descriptor does not block."""
    view = memoryview(data)
    while view:
        view = view[_write_some(number, view) :]


def _write_some(number: int, view: memoryview) -> int:
    try:
        return os.write(number, view)
    except BlockingIOError:
        room = select.poll()
        room.register(number, select.POLLOUT)
        room.poll()
        return 0


def _read(number: int) -> bytes:
    try:
        return os.read(number, CHUNK_BYTES)
    except OSError as error:
        if error.errno == errno.EIO:  # How Linux says that a terminal's last user has left.
            return b""
        raise


def _terminal() -> tuple[int, int]:
    """Return both ends of a new terminal that changes no byte, or of a pipe if there is none."""
    import termios

    try:
        source, sink = os.openpty()
    except OSError:
        return os.pipe()
    modes = termios.tcgetattr(sink)
    modes[1] &= ~termios.OPOST  # The terminal behind us does the processing.
    termios.tcsetattr(sink, termios.TCSANOW, modes)
    return source, sink
