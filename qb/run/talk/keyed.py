"""Updates and deletes of many rows by their key: how the rows get to the server, and what is said of what cannot.

Rows go by COPY into a temporary table, however many they are, and one statement joins it; keys of one column that are
to be deleted are one parameter. That no two rows are of one key a unique index of the temporary table says, whose key
has the target's own collation.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType
from typing import TYPE_CHECKING, Any, Never, cast

from qb.errors import DbError, EncodeError, InvalidSql, QueryError, ServerError, UniqueViolation
from qb.errors.family import Meeting, at_row, met
from qb.query.by_key import Keyed
from qb.run.session.answers import command
from qb.run.session.cells import CopyCell, as_parameter, cell
from qb.run.session.executable import Executable, Parameter
from qb.run.session.ready import ready, settle
from qb.run.session.wire import encode, encoders
from qb.run.talk.copy import CopyTarget, written_by
from qb.run.talk.execute import affect, fetch
from qb.run.talk.jobs import agreed
from qb.run.talk.staged import OTHERS, NotStaged, Stage, fill, run_staged, take_on
from qb.tree.relations import label
from qb.tree.values import STAGED, staged_column
from qb.types import pg
from qb.types.identifier import qualified, quoted
from qb.types.scalar import BYTEA

if TYPE_CHECKING:
    from qb.query.expr.column import Column
    from qb.run.session.executable import Executables
    from qb.run.session.link import Link
    from qb.run.session.options import Options
    from qb.run.session.wait import Conversation


class KeyedRows:
    """The rows of one `update_many` or `delete_many`, chunk by chunk."""

    def __init__(self, statements: Executables, statement: Keyed) -> None:
        self._statements = statements
        self._statement = statement
        self._memo = statements.memo(cast("type[Any]", statement.entity.target))
        self.title: str = f"{statement.verb} of {label(statement.table)}"
        """What the log says of it."""
        self.one: bool = not statement.given and len(statement.keys) == 1 and statement.surely_unique
        """Whether each chunk is a statement by itself: of keys of one column, of which the class says that they are."""
        self._before: int = 0
        """Rows of the chunks that have been taken."""
        self.count: int = 0
        self.returned: list[Any] = []
        if not self.one:
            self._stage, self._texts = self._stage_made()
            self._taking: tuple[Executable[Any], Sequence[Any]] = statements.resolve(statement.staged(self._texts))

    @property
    def written(self) -> str:
        """What traces say of it: its rows travel in several ways."""
        table = self._statement.table
        verb = "UPDATE" if self._statement.verb == "update_many" else "DELETE FROM"
        return f"{verb} {qualified(table.schema, table.name)}"

    @property
    def result(self) -> Any:
        """The rows that came back, or how many were touched."""
        return self.returned if self._statement.returns else self.count

    # ------------------------------------------------------------ conversations

    def whole(self, link: Link, options: Options, rows: list[Any]) -> Conversation[None]:
        """All there is, all or none."""
        if self.one:
            yield from self.chunk(link, options, rows)
            return
        self._tuples(rows)
        yield from self._declared(link, options)
        statement, values = self._taking
        try:
            with Meeting(statement.sql):
                self._take((yield from run_staged(link, options, self._stage, rows, statement, values)))
        except Exception as error:
            self._told(error, rows)

    def chunk(self, link: Link, options: Options, rows: list[Any], *, new: bool = False) -> Conversation[None]:
        """Some of the rows, within a transaction; the first ones are `new`."""
        if self.one:
            if NoneType in set(map(type, rows)):
                self._blame(rows)
            statement, values = self._statements.resolve(self._statement.one_of(rows))
            with Meeting(statement.sql):
                yield from self._is_key(link, options)
                work = fetch if self._statement.returns else affect
                try:
                    self._take((yield from cast("Any", work)(link, options, statement, values)))
                except EncodeError:
                    self._blame(rows)
                    raise
            self._before += len(rows)
            return
        self._tuples(rows)
        if new:
            yield from self._declared(link, options)
        try:
            yield from fill(link, options, self._stage, rows, OTHERS, new=new, before=self._before)
        except Exception as error:
            self._told(error, rows)
        self._before += len(rows)

    def end(self, link: Link, options: Options) -> Conversation[None]:
        """What is to be done when all rows are there."""
        if self.one:
            return
        statement, values = self._taking
        try:
            with Meeting(statement.sql):
                self._take((yield from take_on(link, self._stage, statement, values, OTHERS)))
        except Exception as error:
            self._told(error, ())

    def _declared(self, link: Link, options: Options) -> Conversation[None]:
        """Compare the columns that are set with what was declared of them, once on each link."""
        if (update := self._statement.declared()) is not None:
            statement, _ = self._statements.resolve(update)
            if not agreed(link, statement):
                yield from ready(link, statement, options)

    def _is_key(self, link: Link, options: Options) -> Conversation[None]:
        """Ask the server what a temporary table's making asks, where there is none: a turn, once for a database."""
        asked, otherwise = self._memo.way(self._statement.keys[0].attribute, self._key)
        if asked in link.types.keys:
            return
        if link.local is not options.settings:
            yield from settle(link, options.settings)
        result = yield from command(link, f"SELECT ({asked})::int".encode())
        if result.get_value(0, 0) != b"1":
            raise InvalidSql(otherwise, sqlstate="42P10")
        link.types.keys.add(asked)

    def _take(self, found: Any) -> None:
        if self._statement.returns:
            self.returned += found
        else:
            self.count += found

    # ------------------------------------------------------------ what it is about

    def _stage_made(self) -> tuple[Stage, frozenset[int]]:
        """The temporary table, and the places of those of its columns that hold text."""
        statement = self._statement
        some = (tuple(each.attribute for each in columns) for columns in (statement.keys, statement.given))
        return self._memo.way((statement.verb, *some), self._made)

    def _made(self) -> tuple[Stage, frozenset[int]]:
        statement = self._statement
        keys, columns = statement.keys, statement.columns
        cells = [cell(column.stored) for column in columns]
        texts = frozenset(number for number, each in enumerate(cells) if each is None)
        for number, key in enumerate(keys):
            if number in texts:
                raise QueryError(
                    f"{statement.verb}: {key.label} is of a type without a binary form, and so not to be found by: use "
                    "another key, or a statement for each row"
                )
        ways = [
            CopyCell(as_parameter(column.stored), BYTEA) if each is None else each
            for column, each in zip(columns, cells, strict=True)
        ]
        types = tuple(pg.text if number in texts else column.type for number, column in enumerate(columns))
        names = tuple(column.node.name for column in columns)
        table = qualified(statement.table.schema, statement.table.name)
        sources = [f"a{number}" for number in range(len(columns))]
        given = [f"({each} if {each} is not None else null())" for each in sources[: len(keys)]] + sources[len(keys) :]
        written = written_by(given, ways, row=", ".join(sources), more={"null": _no_key})
        selected = [
            *(f"{quoted(key.node.name)}::{key.type.base} AS {staged_column(at)}" for at, key in enumerate(keys)),
            *(f"NULL::{types[at].base} AS {staged_column(at)}" for at in range(len(keys), len(columns))),
        ]
        like = f"SELECT {', '.join(selected)} FROM ONLY {table}"
        distinct = len(keys) if statement.given else 0
        stage = Stage(CopyTarget(types, ways, names, table), written, like, *self._key(), distinct)
        return stage, texts

    def _key(self) -> tuple[str, str]:
        """Whether its columns are a key, as SQL, and what is said where they are not."""
        statement = self._statement
        table = qualified(statement.table.schema, statement.table.name)
        shown = ", ".join(key.label for key in statement.keys)
        return _unique(table, statement.keys, believed=statement.surely_unique), (
            f"{statement.verb}: no unique index of {label(statement.table)} is on {shown} alone, or on some of them: "
            "by(...) takes the primary key, or the columns of a unique constraint"
        )

    # ------------------------------------------------------------ what went wrong

    def _told(self, error: Exception, rows: Sequence[Any]) -> Never:
        """Raise what is said of a failure: which value it was, if that is it."""
        found = error.error if isinstance(error, NotStaged) else error
        if not isinstance(found, DbError) or isinstance(error, NotStaged):
            self._blame(rows)
        if isinstance(found, UniqueViolation) and found.table == STAGED.split(".")[1]:
            shown = ", ".join(key.label for key in self._statement.keys)
            told = ServerError(
                f"{self.title}: two of the rows have the same {shown}, and which of them is meant nobody says: give "
                "each key once",
                sqlstate="21000",
            )
            raise met(told, self._taking[0].sql) from None
        raise found from None

    def _blame(self, rows: Sequence[Any]) -> None:
        """Which value it was that could not be sent: only now does anybody look."""
        columns = self._statement.columns
        parameters = [Parameter(column.label, column.stored) for column in columns]
        given = encoders(parameters)
        for number, each in enumerate(cast("Sequence[object]", rows), self._before):
            row = each if len(columns) > 1 else (each,)
            if not isinstance(row, tuple | list):
                raise self._shape(type(row).__name__) from None
            values = list(cast("Sequence[object]", row))
            if len(values) != len(columns):
                raise self._shape(f"{len(values)} values") from None
            try:
                encode(given, values, parameters)
            except EncodeError as error:
                raise at_row(error, number) from None
            for key, value in zip(self._statement.keys, values, strict=False):
                if value is None:
                    missing = EncodeError(label(self._statement.table), key.node.name, _NULL)
                    raise at_row(missing, number) from None

    def _tuples(self, rows: Sequence[Any]) -> None:
        """QueryError for what can be unpacked, and has no order that means columns: a set, a dict, a str."""
        for kind in set(map(type, rows)) if len(self._statement.columns) > 1 else ():
            if not issubclass(kind, tuple | list):
                raise self._shape(kind.__name__)

    def _shape(self, what: str) -> QueryError:
        shown = ", ".join(column.label for column in self._statement.columns)
        return QueryError(f"{self._statement.verb} takes rows that are tuples of {shown}, and one of them is {what}")


_NULL = "it says which row is meant, and NULL equals no value"


def _no_key() -> Never:
    raise ValueError(_NULL)


def _unique(table: str, keys: Sequence[Column[Any]], *, believed: bool) -> str:
    """Whether no two rows of a table have the same key, as SQL: it has a unique index on these columns, or on some.
    What can have none, a view or a foreign table, is as its class says, where that is to be `believed`."""
    literal = "'" + table.replace("'", "''") + "'::pg_catalog.regclass"
    names = ", ".join("'" + key.node.name.replace("'", "''") + "'" for key in keys)
    other = f"SELECT c.relkind NOT IN ('r', 'p') FROM pg_catalog.pg_class c WHERE c.oid = {literal}"
    return (f"({other}) OR " if believed else "") + (
        f"EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = {literal} AND i.indisunique AND i.indisvalid "
        "AND i.indpred IS NULL AND i.indexprs IS NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a "
        "WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1]) "
        f"AND a.attname NOT IN ({names})))"
    )


def check_keyed(statement: object, called: str) -> Keyed:
    """QueryError for another statement than this method takes."""
    if isinstance(statement, Keyed) and statement.verb == called and statement.complete:
        return statement
    said = "update(Table).by(Table.id).each(Table.name)" if called == "update_many" else "delete(Table).by(Table.id)"
    raise QueryError(
        f"{called} takes rows, and the statement they are for, such as {said}, not {type(statement).__name__}"
    )
