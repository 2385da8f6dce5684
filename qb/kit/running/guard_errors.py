"""Why a run ends behind its migrations: rows that are no more what the schema says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.validating.report import RowProblem

_TOLD: Final = 5


@dataclass(repr=False, eq=False)
class GuardFailed(KitError):
    """Rows are no more what the schema says of them. The migrations are applied; the next run asks the rows again."""

    problems: tuple[RowProblem, ...]
    """What holds no more."""
    applied: tuple[str, ...]
    """What this run has applied."""
    failing: tuple[RowProblem, ...] = ()
    """What held no more before it either."""
    code: ClassVar[str] = "guard-failed"
    exit_code: ClassVar[ExitCode] = ExitCode.GUARD_FAILED
    fix: ClassVar[str] = "qb validate --show-keys"

    @property
    def object(self) -> str:
        """The first table."""
        return f"table {self.problems[0].table}"

    def __str__(self) -> str:
        told = "; ".join(f"{each.kind} {each}" for each in self.problems[:_TOLD])
        more = len(self.problems) - _TOLD
        rest = f"; and {more} more" if more > 0 else ""
        count = len(self.applied)
        undo = f", or take it back: qb rollback{f' -n {count}' if count > 1 else ''}" if count else ""
        done = "it is applied" if count == 1 else "they are applied" if count else "all is applied"
        return (
            f"{done}, and rows are not what the schema says: {told}{rest}: mend them and run it again, which asks them "
            f"again{undo}"
        )


@dataclass(repr=False, eq=False)
class GuardsOpen(KitError):
    """The rows of the database that goes first are not what the schema says, as far as its journal knows."""

    before: str
    """Which database."""
    code: ClassVar[str] = "guards-open"
    exit_code: ClassVar[ExitCode] = ExitCode.GUARD_FAILED

    @property
    def fix(self) -> str:
        """The command that asks again."""
        return f"qb deploy --env {self.before}"

    def __str__(self) -> str:
        return (
            f"the database {self.before} goes first, and its rows were not what the schema says when they were asked "
            f"last: mend them, and `{self.fix}` asks again"
        )
