"""What a program on this machine prints: a file without a name, of which the end is kept."""

import fcntl
import os
import tempfile

TAIL_LINES = 40
TAIL_BYTES = 65_536
#: More than this of one output is never kept on the disk for long.
MOST_BYTES = 8 * 1024 * 1024


class Output:
    """
    One output of a program, gone with the last who has it open.

    It is a file, because a pipe would break with us while the program goes on.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept = b""
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by `close`
        # The program writes at the end, wherever that is after `trim`.
        fcntl.fcntl(self._file, fcntl.F_SETFL, os.O_RDWR | os.O_APPEND)

    def fileno(self) -> int:
        """Return what the program is given to write to."""
        return self._file.fileno()

    def trim(self) -> None:
        """
        Forget what was printed before the last 64 KiB, if it has become too much.

        What the program prints at this very moment may be forgotten with it.
        """
        if os.fstat(self._file.fileno()).st_size > self._most_bytes:
            self._kept = self._read_end()
            os.ftruncate(self._file.fileno(), 0)

    def tail(self) -> list[str]:
        """Return the last lines that were printed."""
        end = (self._kept + self._read_end())[-TAIL_BYTES:]
        return end.decode(errors="replace").splitlines()[-TAIL_LINES:]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _read_end(self) -> bytes:
        size = os.fstat(self._file.fileno()).st_size
        return os.pread(self._file.fileno(), TAIL_BYTES, max(0, size - TAIL_BYTES))
