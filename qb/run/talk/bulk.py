"""Bulk inserts: any number of rows, in the way that fits.

Nothing comes back: binary COPY, one for each run of rows that give the same columns, as it cannot say DEFAULT for a
cell; short runs go as VALUES. RETURNING or ON CONFLICT: prepared VALUES of up to 100 rows, pipelined; of many rows that
return nothing, a COPY into a temporary table, and INSERT ... SELECT. Always in the order of the input. Under row-level
security, where PostgreSQL refuses COPY, and for types without a binary form: VALUES as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, repeat
from typing import Any, TypeAlias, cast

from psycopg.abc import Buffer

from qb.errors import DataException, DbError, EncodeError, InsufficientPrivilege, InvalidSql, QueryError, ServerError
from qb.errors.family import Meeting, at_row, met
from qb.query.insert_into import InsertInto, InsertIntoReturning, insert_into
from qb.run.report.diagnose import REPEATED
from qb.run.session.answers import command, commit
from qb.run.session.executable import Executable, Executables
from qb.run.session.link import NOWHERE, Link
from qb.run.session.options import Options
from qb.run.session.ready import ready
from qb.run.session.wait import Conversation
from qb.run.session.wire import encode, encoders
from qb.run.talk.copy import copy_rows
from qb.run.talk.execute import affect, fetch, read
from qb.run.talk.jobs import Job, Stopped, agreed, run_pipeline
from qb.run.talk.masks import Batch, BulkTarget, Mask, MaskColumns, mask_columns, one_kind, runs, target_of
from qb.run.talk.staged import NotStaged, Stage, run_staged
from qb.tree.insert import InsertNode
from qb.tree.relations import TableSource, label
from qb.tree.values import StagedRows, ValuesBlock
from qb.types.identifier import qualified

BLOCK = 100
"""Rows of one VALUES, at most."""
FEW = 50
"""Rows between others that give other columns, up to which VALUES is quicker than a COPY of their own."""
MANY = 3_000
"""Rows for which a temporary table is quicker than blocks of VALUES, and worth what it leaves in the catalogs."""
PARAMETERS = 65_535

Into: TypeAlias = InsertInto[Any] | InsertIntoReturning[Any, Any]


class Bulk:
    """One bulk insert: how its rows are sent, kept for all of its chunks."""

    def __init__(self, statements: Executables, first: object, into: Into | None) -> None:
        memo = self._memo = statements.memo(type(first))
        if memo.target is None:
            memo.target = target_of(first)
        self.target: BulkTarget = memo.target
        self._rows = statements.memo(self.target.row)
        self._statements = statements
        self._into: Into = insert_into(_table_of(self.target)) if into is None else into
        _check(self.target, self._into)
        self._blocks: dict[tuple[tuple[str, ...], int], tuple[Executable[Any], list[Any]]] = {}
        self._stages: bool = not (self._into.plain or isinstance(self._into, InsertIntoReturning))
        self._others: set[Mask] = set()
        """The masks whose columns have turned out to have other types than COPY could write into."""
        self.copies: bool = self._into.plain
        """Whether COPY may be used; False where PostgreSQL has turned out to refuse it."""
        self.sent: bool = False
        """Whether a chunk has gone in."""
        self._before: int = 0
        """Rows of the chunks that have gone in."""
        self.count: int = 0
        self.returned: list[Any] = []
        self.returns: bool = isinstance(self._into, InsertIntoReturning)

    @property
    def title(self) -> str:
        """What the log says of it."""
        return f"insert_many into {self.target.title}"

    @property
    def written(self) -> str:
        """What traces say of it: its rows travel in several ways."""
        table = self.target.entity.relation
        return f"INSERT INTO {qualified(table.schema, table.name)}" if isinstance(table, TableSource) else "INSERT"

    @property
    def result(self) -> Any:
        """The rows that came back, or how many went in."""
        return self.returned if self.returns else self.count

    def steps(self, rows: list[Any]) -> list[Batch]:
        """The rows of a chunk as batches, in their order: what they are numbered by, and may refer to, comes first."""
        one_kind(self.target, rows)
        (mask,) = self.target.masks(rows[:1])
        if self._of(mask).alike(rows):
            return [Batch(mask, rows, alone=True)]
        return runs(self.target, rows)

    def alone(self, batches: Sequence[Batch]) -> bool:
        """Whether these are all in or none by themselves, without a transaction around them."""
        return len(batches) == 1 or not any(self._copied(batch) or self._by_stage(batch) for batch in batches)

    def send(self, link: Link, options: Options, batches: Sequence[Batch]) -> Conversation[None]:
        """Insert the batches of a chunk."""
        try:
            yield from self._send(link, options, batches)
        except Exception as error:  # a codec of the user's own raises what it likes
            refused = not isinstance(error, DbError) or isinstance(error, EncodeError | DataException)
            if refused and (blamed := self._blamed(batches)) is not None:
                raise blamed from None
            raise
        self._before += sum(len(batch.rows) for batch in batches)
        self.sent = True

    def _send(self, link: Link, options: Options, batches: Sequence[Batch]) -> Conversation[None]:
        jobs: list[Job] = []
        before = self._before
        for batch in batches:
            copied = self._copied(batch)
            if copied or self._by_stage(batch):
                if jobs:  # which stand before it
                    yield from self._run(link, options, jobs)
                    jobs = []
                gone = yield from (self._copy if copied else self._stage)(link, options, batch, before)
            else:
                gone = False
            if not gone:
                jobs += self._jobs(batch)
            before += len(batch.rows)
        if jobs:
            yield from self._run(link, options, jobs)

    def otherwise(self, error: DbError) -> bool:
        """Whether there is another way in after this failure of the first COPY, which from now on is taken."""
        if not self.copies or self.sent:
            return False
        self.count = 0
        if isinstance(error, InsufficientPrivilege) and not self._memo.blind:
            self._memo.blind = True  # it may be that the role can insert and not read
            return True
        self._memo.blind = False  # it may not insert either, or there is something else to it
        # PostgreSQL refuses COPY as such (row-level security, a view): VALUES is left.
        self.copies = not (isinstance(error, InvalidSql | ServerError) and error.sqlstate in ("0A000", "42809"))
        return not self.copies

    # ------------------------------------------------------------ COPY

    def _copied(self, batch: Batch) -> bool:
        # A COPY is two messages: for a few rows between others, in a pipeline with them, it is the longer way.
        if not self.copies or batch.mask in self._others or not (batch.alone or len(batch.rows) >= FEW):
            return False
        return self._of(batch.mask).copy is not None

    def _copy(self, link: Link, options: Options, batch: Batch, before: int) -> Conversation[bool]:
        """Whether the rows went in: not where the table has other types than its description says."""
        columns = self._of(batch.mask)
        assert columns.copy is not None
        assert columns.written is not None
        try:
            count, self._memo.blind = yield from copy_rows(
                link, options.settings, columns.copy, columns.written, batch.rows, blind=self._memo.blind, before=before
            )
        except DbError as error:
            raise met(error, columns.copy.copying) from None
        if count is None:
            self._others.add(batch.mask)
            return False
        self.count += count
        return True

    # ------------------------------------------------------------ a temporary table

    def _by_stage(self, batch: Batch) -> bool:
        if not self._stages or len(batch.rows) < MANY or self._memo.unstaged:
            return False
        return self._of(batch.mask).copy is not None

    def _stage(self, link: Link, options: Options, batch: Batch, before: int) -> Conversation[bool]:
        """Whether the rows went in through a temporary table. Not where there cannot be one, and not where two rows are
        the same: blocks of VALUES tell how far apart they may be."""
        if link.staged > NOWHERE:  # these are run by what gives the rows of another statement
            return False
        columns = self._of(batch.mask)
        assert columns.copy is not None
        assert columns.written is not None
        declared, extras = self._statement(columns, 1)
        if declared.probes and not agreed(link, declared):
            yield from ready(link, declared, options)
        statement, _ = self._statement(columns, 0)
        try:
            with Meeting(statement.sql):
                stage = Stage(columns.copy, columns.written)
                self.count += yield from run_staged(link, options, stage, batch.rows, statement, extras, before)
        except NotStaged as error:
            if error.never:
                self._memo.unstaged = True
            return False
        except DbError as error:
            if isinstance(error, ServerError) and error.message == REPEATED:
                return False
            raise
        return True

    # ------------------------------------------------------------ VALUES

    def _jobs(self, batch: Batch) -> Iterator[Job]:
        columns = self._of(batch.mask)
        if not columns.names:  # nothing but defaults: one statement each
            query: Any = self._into.values(self.target.row())
            yield from repeat(Job(*self._statements.resolve(query)), len(batch.rows))
            return
        start = 0
        sizes = [*_sizes(len(batch.rows), min(BLOCK, PARAMETERS // (len(columns.names) + 1)))]
        for size in sizes:
            statement, extras = self._statement(columns, size)
            block = batch.rows[start : start + size]
            start += size
            if len(sizes) == 1:
                yield Job(statement, [*chain.from_iterable(map(columns.values, block)), *extras])
            else:
                yield Job(statement, (), partial(_parameters, columns, block, statement, extras))

    def _run(self, link: Link, options: Options, jobs: list[Job]) -> Conversation[None]:
        try:
            yield from self._sent(link, options, jobs)
        except ServerError as error:
            if error.message != REPEATED:
                raise
            told = ServerError(f"insert_many into {self.target.title}: {REPEATED}", sqlstate=error.sqlstate)
            raise met(told, error.statement or "") from None

    def _sent(self, link: Link, options: Options, jobs: list[Job]) -> Conversation[None]:
        if len(jobs) == 1:
            statement, values, _ = jobs[0]
            with Meeting(statement.sql):
                if self.returns:
                    self.returned += yield from fetch(link, options, statement, values)
                else:
                    self.count += yield from affect(link, options, statement, values)
            return
        alone = self.returns and not link.depth  # then its rows are decoded before they are committed
        try:
            answers = yield from run_pipeline(link, options, jobs, begin=alone)
        except Stopped as stopped:
            if stopped.index is not None:
                met(stopped.error, jobs[stopped.index].statement.sql)
            raise stopped.error from None
        if not self.returns:
            self.count += sum(result.command_tuples or 0 for _, result in answers)
            return
        try:
            for job, (reader, result) in zip(jobs, answers, strict=True):
                with Meeting(job.statement.sql):
                    self.returned += read(job.statement, reader, result, len(self.returned))
        except Exception:
            if alone:
                yield from command(link, b"ROLLBACK")
            raise
        if alone and (failure := (yield from commit(link))) is not None:
            raise failure

    def _blamed(self, batches: Sequence[Batch]) -> EncodeError | None:
        """Which value of which row it was that could not be sent: only now does anybody look."""
        number = self._before
        for batch in batches:
            columns = self._of(batch.mask)
            if not columns.names:
                number += len(batch.rows)
                continue
            statement, extras = self._statement(columns, 1)
            given = encoders(statement.parameters)
            for row in batch.rows:
                try:
                    encode(given, [*columns.values(row), *extras], statement.parameters)
                except EncodeError as error:
                    return at_row(error, number)
                number += 1
        return None

    # ------------------------------------------------------------ what a mask means

    def _of(self, mask: Mask) -> MaskColumns:
        return self._rows.way(mask, partial(mask_columns, self.target, mask))

    def _statement(self, columns: MaskColumns, count: int) -> tuple[Executable[Any], list[Any]]:
        """The statement for a block of rows, 0 for those that are staged, and the values of its own that it has."""
        found = self._blocks.get((columns.names, count))
        if found is None:
            block = (ValuesBlock if count else StagedRows)(columns.block.types, columns.block.columns, count)
            query: Any = self._into.of_block(columns.names, block)
            statement, extras = self._statements.resolve(query)
            found = self._blocks[columns.names, count] = statement, list(extras)
        return found


def nothing(into: Into | None) -> Any:
    """The result of no rows: an empty list where the statement returns rows, else 0."""
    return [] if isinstance(into, InsertIntoReturning) else 0


def _table_of(target: BulkTarget) -> type[Any]:
    return cast("type[Any]", target.row.__inserts__)


def _check(target: BulkTarget, into: object) -> None:
    if not isinstance(into, InsertInto | InsertIntoReturning):
        node: object = getattr(into, "node", None)
        if isinstance(node, InsertNode):
            raise QueryError(
                "insert_many takes the statement without rows, which it has from its first argument: write "
                f"insert({target.title}) in the place of insert(new(...)(...)), and what follows as it is, such as "
                ".on_conflict(...)"
            )
        raise QueryError(
            f"insert_many takes rows and the statement they are for, such as insert(Table).returning(), not "
            f"{type(into).__name__}"
        )
    if into.table != target.entity.relation:
        raise QueryError(f"insert_many: rows of {target.title}, and a statement for {label(into.table)}")


def _parameters(
    columns: MaskColumns, rows: Sequence[Any], statement: Executable[Any], extras: Sequence[object]
) -> list[Buffer | None]:
    """The parameters of a block of rows. EncodeError where a value cannot be sent."""
    declared = statement.parameters
    try:
        sent = columns.sent(rows)
    except Exception as error:
        encode(encoders(declared), [*chain.from_iterable(map(columns.values, rows)), *extras], declared)
        raise error
    if extras:
        own = declared[-len(extras) :]
        sent += encode(encoders(own), extras, own)
    return sent


def _sizes(count: int, largest: int) -> Iterator[int]:
    """Block sizes that add up to `count`: powers of two below the largest, so that few statements are prepared."""
    while count >= largest:
        yield largest
        count -= largest
    size = 1 << largest.bit_length()
    while count:
        if count >= size:
            yield size
            count -= size
        else:
            size >>= 1
