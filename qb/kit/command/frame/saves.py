"""Files that somebody saves, told as they are saved: by watchfiles, which asks the operating system."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from qb.kit.errors import KitError

if TYPE_CHECKING:
    from watchfiles import Change

_DEBOUNCE, _STEP, _TURN = 200, 50, 200
"""Milliseconds: saves that come together are one, and how long the system is asked at a time."""


class NoWatcher(KitError):
    """The library that watches files is not installed."""

    code = "missing-extra"
    fix: ClassVar[str] = 'pip install "qb[kit]"'

    def __str__(self) -> str:
        return "--watch needs watchfiles, which the extra kit brings"


def saves(folders: Callable[[], frozenset[Path]], matters: Callable[[Path], bool]) -> Generator[bool]:
    """One value where it begins to look, so that nothing that is saved from then on is missed, and one for each save
    of a file that matters in one of the folders, not in those below. Where other folders are to be looked at by then
    it begins anew: those values are False. Raises `NoWatcher`."""
    try:
        from watchfiles import watch
    except ImportError:
        raise NoWatcher from None

    def counts(change: Change, path: str) -> bool:
        return matters(Path(path))

    while True:
        known = folders()
        changes = watch(
            *known,
            watch_filter=counts,
            debounce=_DEBOUNCE,
            step=_STEP,
            rust_timeout=_TURN,
            yield_on_timeout=True,
            recursive=False,
        )
        try:
            next(changes)
            yield False
            while folders() == known:
                if next(changes):
                    yield True
        finally:
            changes.close()


@contextmanager
def no_bytecode() -> Generator[None]:
    """Compiled modules are known by second and length, and two saves may have both in common: none are written."""
    import sys

    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before
