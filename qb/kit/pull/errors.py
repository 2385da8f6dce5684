"""Why a database is not pulled, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode


@dataclass(repr=False, eq=False)
class ForgottenDocuments(KitError):
    """Classes of documents that an earlier pull made, and that nobody has asked for this time."""

    file: str
    rows: int | None
    """How many rows were looked at then, as far as the file says so."""
    code: ClassVar[str] = "forgotten-documents"
    exit_code: ClassVar[ExitCode] = ExitCode.ANSWERS_NEEDED

    @property
    def fix(self) -> str:
        return f"--infer-json {self.rows or 1000}"

    def __str__(self) -> str:
        return (
            f"{self.file} has the classes of documents that an earlier pull made, and without --infer-json every "
            f"column of JSON would lose its own: add {self.fix}, or delete that file if they are to go"
        )
