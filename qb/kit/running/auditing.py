"""`audit`: files against journal: what is twice, edited, missing, unknown, half done; what destroys rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.history.history import History
from qb.kit.history.history_files import catalog_file
from qb.kit.history.losses import losses
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import number_of, order_of
from qb.kit.history.segments import segments
from qb.kit.history.shown_catalog import is_shown
from qb.kit.running.edited_file import edited_file
from qb.kit.running.journal import Journal
from qb.kit.running.standing import Standing, standing_of
from qb.kit.running.waiting_contracts import waiting_contracts
from qb.kit.sql_file import SqlFileError
from qb.run.database.db import Db

AuditKind: TypeAlias = Literal[
    "number twice", "gap", "several heads", "edited", "edited since proved", "unknown", "out of order", "late",
    "half done", "no down", "not run", "destroys", "changes", "shown otherwise", "waits",
]  # fmt: skip
"""What was found. `destroys` and `changes` are told of every statement that does so, and are no mistake."""


class AuditFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody should know of a history."""

    kind: AuditKind
    migration: str
    says: str
    file: str | None = None
    line: int | None = None
    wrong: bool = True
    """Whether it is a mistake, or will stop `migrate`."""

    def __str__(self) -> str:
        where = "" if self.file is None else self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.says}" if where else self.says


class HistoryAudit(msgspec.Struct, frozen=True):
    """All that was found, in the order of the history."""

    findings: tuple[AuditFinding, ...]

    @property
    def exit_code(self) -> ExitCode:
        """3 where something is wrong."""
        return ExitCode.DIFFERS if any(each.wrong for each in self.findings) else ExitCode.DONE


Auditing: TypeAlias = Success[HistoryAudit] | Failure[KitError | DbError, HistoryAudit]
"""What comes back."""


def audit(history: History, db: Db | None = None, *, journal: str = "qb") -> Auditing:
    """What is doubtful about a history, and about a database's journal beside it; without `db` of the files alone.

    Numbers that two share and numbers that are left out, heads, files that were edited since they were applied or
    proved, what the database has and no file is there for, what was applied in another order than that of the history,
    what is half done; and with file and line every statement, up or down, that destroys or changes rows.

    >>> from qb.kit import audit
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> history = history_of([Migration(id="0001_x", up="DROP TABLE notes;", file="0001_x/up.sql")]).unwrap()
    >>> print(*audit(history).unwrap().findings, sep="\\n")
    0001_x/up.sql: it cannot be undone: there is no down
    0001_x/up.sql:1: drop-table:notes
    """
    rows = Success(()) if db is None else Journal(journal).read(db)
    if isinstance(rows, Failure):
        return Failure(rows.failure())
    standing = standing_of(history, rows.unwrap())
    places = {id: place for place, id in enumerate((*history.ids, *(each.id for each in standing.unknown)))}
    found = [*_of_files(history), *(_of_journal(standing) if db is not None else ())]
    return Success(HistoryAudit(tuple(sorted(found, key=lambda each: places[each.migration]))))


def _of_files(history: History) -> Iterator[AuditFinding]:
    yield from _numbers(history)
    if is_shown(history) is False:
        file = str(Path(history.folder or "") / catalog_file(history.layout))
        says = "it is what another history makes: qb generate, or qb prove, writes it anew"
        yield AuditFinding(kind="shown otherwise", migration=history.ids[-1], says=says, file=file, wrong=False)
    if len(history.heads) > 1:
        for head in history.heads:
            says = f"one of {len(history.heads)} heads: {', '.join(history.heads)}"
            yield AuditFinding(kind="several heads", migration=head, says=says, file=history[head].file)
    for each in history:
        if each.edited:
            says = "it was edited since it was proved"
            yield AuditFinding(kind="edited since proved", migration=each.id, says=says, file=each.file, wrong=False)
        if each.down is None:
            says = "it cannot be undone: there is no down"
            yield AuditFinding(kind="no down", migration=each.id, says=says, file=each.file, wrong=False)
        yield from _of_text(each, each.up, each.file)
        if each.down is not None:
            yield from _of_text(each, each.down, each.down_file)


def _of_text(migration: Migration, text: str, file: str) -> Iterator[AuditFinding]:
    try:
        segments(text, file)
        found = losses(text, file)
    except SqlFileError as error:
        says = f"it is not run: {error.message}"
        yield AuditFinding(kind="not run", migration=migration.id, says=says, file=error.file, line=error.line)
        return
    for each in found:
        yield AuditFinding(
            kind="destroys" if each.destroys else "changes",
            migration=migration.id,
            says=each.name,
            file=each.file,
            line=each.line,
            wrong=False,
        )


def _numbers(history: History) -> Iterator[AuditFinding]:
    first: dict[str, Migration] = {}
    for each in sorted(history, key=lambda each: order_of(each.id)):
        number = number_of(each.id).lstrip("0")
        if number and (other := first.setdefault(number, each)) is not each:
            says = f"{other.id} has the number {number_of(each.id)}, too ({other.file})"
            behind, there = history.descendants(each.id), history.descendants(other.id)
            joined = behind & there and each.id not in there and other.id not in behind  # side by side, and merged
            yield AuditFinding(kind="number twice", migration=each.id, says=says, file=each.file, wrong=not joined)
    counted = [(int(number), each) for number, each in first.items() if number.isdecimal() and len(number) < 8]
    for (before, _), (after, each) in pairwise(counted):
        if after > before + 1:
            missing = str(before + 1) if after == before + 2 else f"{before + 1} to {after - 1}"
            says = f"no migration has the number {missing}, before it"
            yield AuditFinding(kind="gap", migration=each.id, says=says, file=each.file, wrong=False)


def _of_journal(standing: Standing) -> Iterator[AuditFinding]:
    history = standing.history
    for each in standing.edited:
        says = "it is not what was applied here"
        edited = edited_file(each, standing.row(each.id))
        yield AuditFinding(kind="edited", migration=each.id, says=says, file=edited)
    for row in standing.unknown:
        says = f"the database has {row.id}, and no file is there"
        yield AuditFinding(kind="unknown", migration=row.id, says=says)
    waiting = waiting_contracts(standing, standing.pending, begun=bool(standing.rows))
    for contract in waiting.contracts:
        blocked = f"; {', '.join(waiting.behind)} cannot be run before it" if waiting.behind else ""
        says = f"it takes away what old code uses, and waits for --contract {contract.id}{blocked}"
        yield AuditFinding(
            kind="waits", migration=contract.id, says=says, file=contract.file, wrong=bool(waiting.behind)
        )
    for migration, without in standing.late(each for each in standing.pending if each.id not in waiting.ids):
        if standing.row(migration.id) is None:
            says = f"it was made without {', '.join(without)}, which the database has already"
            yield AuditFinding(kind="late", migration=migration.id, says=says, file=migration.file)
    for row in standing.rows:
        if row.half:
            what = "its undoing was stopped" if row.state == "undoing" else "it was stopped"
            file = history[row.id].file if row.id in history else None
            says = f"{what} after segment {row.done}"
            yield AuditFinding(kind="half done", migration=row.id, says=says, file=file)
    order = [row.id for row in standing.rows if row.id in history]
    for place, id in enumerate(order):
        before = history.ancestors(id)
        if behind := [other for other in order[place + 1 :] if other in before]:
            says = f"it was applied before {', '.join(behind)}, which it follows"
            yield AuditFinding(kind="out of order", migration=id, says=says, file=history[id].file, wrong=False)
