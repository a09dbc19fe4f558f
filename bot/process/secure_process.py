"""Protects the secrets of a process from its children."""

import ctypes
import sys

_PR_SET_DUMPABLE = 4


def hide_memory() -> bool:
    """
    Keep other processes of our user from reading our environment and memory; tell if that worked.

    Linux only. `/proc/<pid>/environ` and `mem` belong to root from then on, and no core is written
    that would hold the secrets. What root may read it may read all the same. A program that we
    start is not concerned: https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html
    """
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
