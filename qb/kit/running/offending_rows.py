"""Rows that statements of a migration would fail for: counted before any of it is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import msgspec

from qb.errors.outcome import unwrap
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.history.losses import same_loss
from qb.kit.history.migration import Migration
from qb.kit.history.statement_parts import said_name
from qb.kit.history.without_secrets import without_secrets
from qb.kit.qualified import pieces
from qb.kit.running.cutting import cut_migration
from qb.kit.running.forecasting import forecast
from qb.run.database.db import Db

_NULL: Final = re.compile(r'SELECT pg_catalog\.count\(\*\) FROM (?P<table>.+) WHERE (?P<column>"(?:[^"]|"")+") IS NULL')


class OffendingRows(msgspec.Struct, frozen=True):
    """A statement that fails where some rows are, and how many there are."""

    file: str
    line: int
    statement: str
    """As it is shown: passwords and values of rows are '...'."""
    rows: int
    count: str
    """What has counted them."""

    @property
    def hint(self) -> str | None:
        """What gives those a value that have none: `fill:users.slug=VALUE`."""
        found = _NULL.fullmatch(self.count)
        if found is None:
            return None
        names = pieces(f"{found['table']}.{found['column']}")
        return f"fill:{same_loss(':' + said_name(names))[1:]}=VALUE"

    def __str__(self) -> str:
        some = "1 row keeps" if self.rows == 1 else f"{self.rows:,} rows keep"
        hint = "" if self.hint is None else f" (NULL becomes a value by `qb generate --hint {self.hint}`)"
        return f"{self.file}:{self.line}: {some} this from being done{hint}: {self.statement}"


@dataclass(repr=False, eq=False)
class RowsInTheWay(KitError):
    """Some rows are not what statements of a migration say of them: nothing of it is run."""

    migration: str
    found: tuple[OffendingRows, ...]
    code: ClassVar[str] = "rows-in-the-way"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    @property
    def file(self) -> str:
        """Where the first statement stands."""
        return self.found[0].file

    @property
    def line(self) -> int:
        """Where in it."""
        return self.found[0].line

    @property
    def fix(self) -> str:
        """What counts the first of them."""
        return self.found[0].count

    def __str__(self) -> str:
        told = "; ".join(map(str, self.found))
        return f"{told}: nothing of {self.migration} is run, change those rows first"


def refuse_offending(db: Db, migration: Migration) -> None:
    """Raise `RowsInTheWay` where a migration that is begun next would fail for rows that are there."""
    if migration.edited or not any(each.offends for each in migration.up_steps):
        return
    if found := tuple(_offending(db, migration)):
        raise RowsInTheWay(migration.id, found)


def _offending(db: Db, migration: Migration) -> Iterator[OffendingRows]:
    records = {each.number: each for each in migration.up_steps}
    texts = {
        number: each.text
        for segment in cut_migration(migration)
        for number, each in enumerate(segment.statements, segment.first)
    }
    for each in unwrap(forecast(db, migration)).statements:
        if each.offending:
            count = records[each.number].offends or ""
            yield OffendingRows(
                migration.file or migration.id, each.line, without_secrets(texts[each.number]), each.offending, count
            )
