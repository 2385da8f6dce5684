"""What goes on until somebody ends it."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_ENDING: Final = ("SIGTERM", "SIGHUP")
"""Of service managers and `kill`; of a terminal that is closed. Windows has no SIGHUP."""


@contextmanager
def ended_as_by_ctrl_c() -> Generator[None]:
    """KeyboardInterrupt also where a program ends this one, so that servers which it has started end with it. A signal
    that is not listened to, as by nohup, stays so. In the main thread alone.

    >>> import os, signal
    >>> from qb.kit.command.frame.ended import ended_as_by_ctrl_c
    >>> try:
    ...     with ended_as_by_ctrl_c():
    ...         os.kill(os.getpid(), signal.SIGTERM)
    ...         signal.pause()
    ... except KeyboardInterrupt:
    ...     print("ended")
    ended
    """

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    known = [each for name in _ENDING if (each := getattr(signal, name, None)) is not None]
    before = {each: signal.getsignal(each) for each in known}
    taken = [each for each, how in before.items() if how == signal.SIG_DFL]
    try:
        for each in taken:
            signal.signal(each, end)
        yield
    finally:
        for each in taken:
            signal.signal(each, signal.SIG_DFL)
