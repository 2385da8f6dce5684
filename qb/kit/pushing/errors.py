"""Why nothing is pushed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode


@dataclass(repr=False, eq=False)
class ProtectedFromPush(KitError):
    """A protected database is changed by its migrations alone."""

    database: str
    code: ClassVar[str] = "protected"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    def __str__(self) -> str:
        key = f"tool.qb.databases.{self.database}.protected"
        return (
            f"the database {self.database} is protected ({key}), and push goes past migrations: qb generate and "
            "qb migrate change it"
        )
