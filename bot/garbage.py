"""How Python looks for garbage in a process that runs for long."""

import gc

#: Ten times what Python would wait for; a message leaves a few dozen objects behind.
_NEW_OBJECTS = 10_000


def look_seldom() -> None:
    """
    Look for garbage seldom, and only among what is made from now on.

    For a process that has started: what is there by now stays to its end, and to look through it
    again and again is a sixth of the processor time of a message.
    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
