"""Why something would not be run, as a value beside the plan of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode


class RunRefusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error that a run would end with before it begins.

    >>> from qb.kit.running.errors import NotOwned
    >>> from qb.kit.running.run_refusal import RunRefusal
    >>> print(RunRefusal.of(NotOwned("shop")))
    the database shop is not ours to change: owned = true in the config says that it is
    """

    code: str
    """The kind of it: `loss-not-named`."""
    message: str
    exit_code: ExitCode
    """What the command exits with."""
    object: str | None = None
    file: str | None = None
    line: int | None = None
    fix: str | None = None
    """What is to be said, or the command."""

    @classmethod
    def of(cls, error: KitError) -> RunRefusal:
        """The same, of an error."""
        about = {name: getattr(error, name, None) for name in ("object", "file", "line", "fix")}
        return cls(error.code, str(error), error.exit_code, **about)

    def __str__(self) -> str:
        return self.message


def refusals(checks: Iterable[Callable[[], None]]) -> tuple[RunRefusal, ...]:
    """What some checks raise, each of them."""
    found: list[RunRefusal] = []
    for check in checks:
        try:
            check()
        except KitError as error:
            found.append(RunRefusal.of(error))
    return tuple(found)


def worst(found: Sequence[RunRefusal]) -> ExitCode:
    """What a command exits with that shows a plan with these."""
    return max((each.exit_code for each in found), default=ExitCode.DONE)
