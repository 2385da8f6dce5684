"""Bulk inserts: any number of rows, in the way that fits.

Nothing comes back: binary COPY, one for each run of rows that give the same columns, as it cannot say DEFAULT for a
cell; short runs go as VALUES. RETURNING or ON CONFLICT: prepared VALUES of up to 100 rows, pipelined. Always in the
order of the input. Under row-level security, where PostgreSQL refuses COPY, and for types without a binary form: VALUES
as well.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
from msgspec import UNSET

from qb.errors import DbError, EncodeError, InsufficientPrivilege, InvalidSql, QueryError, ServerError
from qb.errors.family import Meeting, met
from qb.generated import generated
from qb.query.entity import Entity, entity_of
from qb.query.insert import Insert, insert
from qb.query.statement import Command, Rows
from qb.run.session.answers import command, commit
from qb.run.session.executable import Executable, Executables
from qb.run.session.forms import cell
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.session.wait import Conversation
from qb.run.session.wire import encode, encoders
from qb.run.talk.copy import CopyTarget, copy_rows, rows_of
from qb.run.talk.execute import affect, fetch, read
from qb.run.talk.pipeline import Job, Stopped, run_pipeline
from qb.tree.nodes import TableSource, label
from qb.tree.statements import InsertNode, ValuesBlock
from qb.types.identifier import qualified

T = TypeVar("T")

ROWS_AT_ONCE = 5000
"""Rows that are taken from the input at a time: what a bulk insert holds in memory."""
BLOCK = 100
"""Rows of one VALUES, at most."""
FEW = 50
"""Rows between others that give other columns, up to which VALUES is quicker than a COPY of their own."""
PARAMETERS = 65_535

Mask = tuple[bool, ...]
Then = Callable[[Insert[Any]], Rows[Any] | Command]


class Batch(NamedTuple):
    """New rows that give the same columns: `mask` says which of the fields that may be left out are."""

    mask: Mask
    rows: list[Any]
    alone: bool = False
    """Whether these are all the rows of their chunk."""


class BulkTarget(NamedTuple):
    """The table that rows go into, the class of the rows, and how their masks are found."""

    row: type[Any]
    entity: Entity
    optional: tuple[str, ...]
    masks: Callable[[Sequence[Any]], list[Mask]]

    @property
    def title(self) -> str:
        return label(self.entity.relation) if self.entity.relation is not None else "?"

    def given(self, mask: Mask) -> tuple[str, ...]:
        """The fields that rows of a mask give."""
        left_out = {name for name, unset in zip(self.optional, mask, strict=True) if unset}
        return tuple(name for name in self.row.__struct_fields__ if name not in left_out)


def chunks(rows: Iterable[T]) -> Generator[list[T], None, None]:
    """The input, a chunk at a time."""
    rest = iter(rows)
    while chunk := list(islice(rest, ROWS_AT_ONCE)):
        yield chunk


async def chunks_async(rows: AsyncIterable[T] | Iterable[T]) -> AsyncGenerator[list[T], None]:
    """The same for an asynchronous input, or a plain one."""
    if not isinstance(rows, AsyncIterable):
        for chunk in chunks(rows):
            yield chunk
        return
    held: list[T] = []
    async for row in rows:
        held.append(row)
        if len(held) == ROWS_AT_ONCE:
            yield held
            held = []
    if held:
        yield held


def target_of(row: object) -> BulkTarget:
    """The target of the first row; QueryError if it is not one that `new(Table)` makes."""
    kind: Any = type(row)
    entity = entity_of(getattr(kind, "__inserts__", None))
    if entity is None:
        raise QueryError(f"insert_many takes rows made by new(Table)(...), not {kind.__name__}")
    optional = tuple(field.name for field in msgspec.structs.fields(kind) if not field.required)
    return BulkTarget(kind, entity, optional, _masks_of(optional))


def _masks_of(optional: tuple[str, ...]) -> Callable[[Sequence[Any]], list[Mask]]:
    tests = "".join(f"r.{name} is UNSET, " for name in optional)
    source = f"def masks(rows): return [({tests}) for r in rows]"  # identifiers of a Struct alone
    made: Callable[[Sequence[Any]], list[Mask]] = generated("masks", source, {"UNSET": UNSET})
    return made


def runs(target: BulkTarget, rows: Sequence[Any]) -> list[Batch]:
    """The rows in their order, cut where the given columns change."""
    _one_kind(target, rows)
    found: list[Batch] = []
    for row, mask in zip(rows, target.masks(rows), strict=True):
        if not found or found[-1].mask != mask:
            found.append(Batch(mask, []))
        found[-1].rows.append(row)
    return [found[0]._replace(alone=True)] if len(found) == 1 else found


def _one_kind(target: BulkTarget, rows: Sequence[Any]) -> None:
    for kind in set(map(type, rows)) - {target.row}:
        raise QueryError(
            f"insert_many: a {kind.__name__} among new rows of {target.title}: call it once for each table, "
            "with rows made by new(Table)(...)"
        )


class MaskColumns(NamedTuple):
    """What a mask means for a table: the columns given, and how a COPY of them is made, where it can be."""

    names: tuple[str, ...]
    block: ValuesBlock
    values: Callable[[Any], tuple[Any, ...]]
    copy: CopyTarget | None
    rows: Callable[[Sequence[Any]], list[tuple[Any, ...]]]


class Bulk:
    """One bulk insert: how its rows are sent, kept for all of its chunks."""

    def __init__(self, statements: Executables, first: object, then: Then | None) -> None:
        kept = statements.memo(type(first))
        kept.setdefault("blind", False)  # whether the role of this database may insert and not read
        self._kept = kept
        self.target: BulkTarget = kept.get("target") or kept.setdefault("target", target_of(first))
        self._statements = statements
        self._then: Then = then or (lambda insert: insert)
        self._blocks: dict[tuple[tuple[str, ...], int], tuple[Executable[Any], list[Any]]] = {}
        self._others: set[Mask] = set()
        """The masks whose columns have turned out to have other types than COPY could write into."""
        self.copies: bool = then is None
        """Whether COPY may be used; False where PostgreSQL has turned out to refuse it."""
        self.sent: bool = False
        """Whether a chunk has gone in."""
        self.count: int = 0
        self.returned: list[Any] = []
        self.returns: bool = isinstance(self._then(self._template(ValuesBlock((), (), 1), ())), Rows)

    @property
    def title(self) -> str:
        """What the log says of it."""
        return f"insert_many into {self.target.title}"

    @property
    def result(self) -> Any:
        """The rows that came back, or how many went in."""
        return self.returned if self.returns else self.count

    def steps(self, rows: Sequence[Any]) -> list[Batch]:
        """The rows of a chunk as batches, in their order: what they are numbered by, and may refer to, comes first."""
        return runs(self.target, rows)

    def alone(self, batches: Sequence[Batch]) -> bool:
        """Whether these are all in or none by themselves, without a transaction around them."""
        return len(batches) == 1 or not any(self._copied(batch) for batch in batches)

    def send(self, link: Link, options: Options, batches: Sequence[Batch]) -> Conversation[None]:
        """Insert the batches of a chunk."""
        jobs: list[Job] = []
        for batch in batches:
            if self._copied(batch):
                if jobs:  # which stand before it
                    yield from self._run(link, options, jobs)
                    jobs = []
                if (yield from self._copy(link, options, batch)):
                    continue
            jobs += self._jobs(batch)
        if jobs:
            yield from self._run(link, options, jobs)
        self.sent = True

    def otherwise(self, error: DbError) -> bool:
        """Whether there is another way in after this failure of the first COPY, which from now on is taken."""
        if not self.copies or self.sent:
            return False
        self.count = 0
        if isinstance(error, InsufficientPrivilege) and not self._kept["blind"]:
            self._kept["blind"] = True  # it may be that the role can insert and not read
            return True
        self._kept["blind"] = False  # it may not insert either, or there is something else to it
        # PostgreSQL refuses COPY as such (row-level security, a view): VALUES is left.
        self.copies = not (isinstance(error, InvalidSql | ServerError) and error.sqlstate in ("0A000", "42809"))
        return not self.copies

    # ------------------------------------------------------------ COPY

    def _copied(self, batch: Batch) -> bool:
        # A COPY is two messages: for a few rows between others, in a pipeline with them, it is the longer way.
        if not self.copies or batch.mask in self._others or not (batch.alone or len(batch.rows) >= FEW):
            return False
        return self._of(batch.mask).copy is not None

    def _copy(self, link: Link, options: Options, batch: Batch) -> Conversation[bool]:
        """Whether the rows went in: not where the table has other types than its description says."""
        columns = self._of(batch.mask)
        assert columns.copy is not None
        try:
            rows = columns.rows(batch.rows)
            blind = self._kept["blind"]
            count, self._kept["blind"] = yield from copy_rows(link, options.settings, columns.copy, rows, blind=blind)
        except DbError as error:
            raise self._blamed(columns, batch) or met(error, columns.copy.copying) from None
        except Exception as error:
            if (blamed := self._blamed(columns, batch)) is not None:
                raise blamed from None
            raise error
        if count is None:
            self._others.add(batch.mask)
            return False
        self.count += count
        return True

    def _blamed(self, columns: MaskColumns, batch: Batch) -> EncodeError | None:
        """Which value it was that could not be sent: only now does anybody look."""
        statement, extras = self._statement(columns, 1)
        given = encoders(statement.parameters)
        for row in batch.rows:
            try:
                encode(given, [*columns.values(row), *extras], statement.parameters)
            except EncodeError as error:
                return error
        return None

    # ------------------------------------------------------------ VALUES

    def _jobs(self, batch: Batch) -> Iterator[Job]:
        columns = self._of(batch.mask)
        if not columns.names:  # nothing but defaults: one statement each
            query: Any = self._then(insert(self.target.row()))
            yield from repeat(Job(*self._statements.resolve(query)), len(batch.rows))
            return
        start = 0
        for size in _sizes(len(batch.rows), min(BLOCK, PARAMETERS // (len(columns.names) + 1))):
            statement, extras = self._statement(columns, size)
            block = batch.rows[start : start + size]
            start += size
            yield Job(statement, [*chain.from_iterable(map(columns.values, block)), *extras])

    def _run(self, link: Link, options: Options, jobs: list[Job]) -> Conversation[None]:
        if len(jobs) == 1:
            statement, values = jobs[0]
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
            self.count += sum(answer.result.command_tuples or 0 for answer in answers)
            return
        try:
            for job, answer in zip(jobs, answers, strict=True):
                with Meeting(job.statement.sql):
                    self.returned += read(job.statement, answer.reader, answer.result, len(self.returned))
        except Exception:
            if alone:
                yield from command(link, b"ROLLBACK")
            raise
        if alone and (failure := (yield from commit(link))) is not None:
            raise failure

    # ------------------------------------------------------------ what a mask means

    def _of(self, mask: Mask) -> MaskColumns:
        kept = self._statements.memo(self.target.row)
        found = kept.get(mask)
        if found is None:
            found = kept[mask] = _columns(self.target, mask)
        return cast("MaskColumns", found)

    def _statement(self, columns: MaskColumns, count: int) -> tuple[Executable[Any], list[Any]]:
        """The statement for a block of rows, and the values of its own that it has beside theirs."""
        found = self._blocks.get((columns.names, count))
        if found is None:
            block = ValuesBlock(columns.block.types, columns.block.columns, count)
            query: Any = self._then(self._template(block, columns.names))
            statement, extras = self._statements.resolve(query)
            found = self._blocks[columns.names, count] = statement, list(extras)
        return found

    def _template(self, block: ValuesBlock, names: tuple[str, ...]) -> Insert[Any]:
        relation = self.target.entity.relation
        assert relation is not None
        return Insert(InsertNode(relation, names, block), self.target.entity)


def _columns(target: BulkTarget, mask: Mask) -> MaskColumns:
    fields = target.given(mask)
    columns = [target.entity.columns[field] for field in fields]
    names = tuple(column.node.name for column in columns)
    block = ValuesBlock(tuple(column.stored for column in columns), tuple(column.label for column in columns), 1)
    cells = [cell(column.stored) for column in columns]
    ways = tuple(each for each in cells if each is not None)
    source: Any = target.entity.relation
    if not fields or len(ways) != len(cells):
        return MaskColumns(names, block, _values(fields), None, list)
    copied = CopyTarget(tuple(column.type for column in columns), ways, names, qualified(source.schema, source.name))
    return MaskColumns(names, block, _values(fields), copied, rows_of(fields, ways))


def _values(fields: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if len(fields) == 1:
        one = attrgetter(fields[0])
        return lambda row: (one(row),)
    return attrgetter(*fields) if fields else lambda _: ()


def nothing(then: Then | None) -> Any:
    """The result of no rows: an empty list where the statement returns rows, else 0."""
    return [] if then is not None and isinstance(then(_Nowhere()), Rows) else 0


class _Nowhere(Insert[Any]):
    """An INSERT without rows, of which nobody knows the table: it only remembers whether rows are asked for."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(InsertNode(TableSource(None, "nothing"), (), None), Entity(None, {}, tuple))

    def on_conflict(self, *_: Any, **__: Any) -> Any:
        return self

    def overriding_system_value(self) -> Any:
        return self

    def returning(self, *_: Any) -> Any:
        return Rows[Any](self.node)


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
