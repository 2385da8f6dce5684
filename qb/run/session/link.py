"""A link: one connection to the server, and what the client knows about that session.

It is a psycopg connection, so that pools and tools take it; qb itself talks through `pgconn`, with the generators of
`execute`, `stream`, `pipeline` and `transaction`. One conversation at a time: whoever has taken a link owns it.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from weakref import ref

import psycopg
from psycopg.abc import Transformer
from psycopg.adapt import Transformer as Loaders
from psycopg.pq import ConnStatus, ExecStatus, Format, PipelineStatus, TransactionStatus
from psycopg.types.string import BytesBinaryDumper, TextBinaryLoader

from qb.errors import ConnectionLost
from qb.run.session.catalog import Catalog
from qb.run.session.characteristics import Characteristics
from qb.run.session.drift import ServerColumn
from qb.run.session.ear import Ear
from qb.run.session.executable import Executable, ResultColumn
from qb.run.session.forms import LOADERS
from qb.run.session.settings import SERVER_DEFAULTS, Settings
from qb.run.session.verbatim_loaders import READ_AS
from qb.run.session.wire import Encoders, encoders
from qb.types.text import TEXT

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

    from qb.errors import DbError

IDLE = int(TransactionStatus.IDLE)
ACTIVE = int(TransactionStatus.ACTIVE)
IN_TRANSACTION = int(TransactionStatus.INTRANS)
IN_ERROR = int(TransactionStatus.INERROR)
UNKNOWN = int(TransactionStatus.UNKNOWN)
OFF = int(PipelineStatus.OFF)
OK = int(ConnStatus.OK)
GOOD = frozenset(
    map(int, (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.TUPLES_CHUNK, ExecStatus.SINGLE_TUPLE))
)
REFUSALS = frozenset(map(int, (ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED)))
COPIES = frozenset(map(int, (ExecStatus.COPY_IN, ExecStatus.COPY_OUT, ExecStatus.COPY_BOTH)))

KIN = 8
"""Statements of one SQL whose ways of writing and reading are kept."""

NOTHING, AGAIN, ONCE = range(3)
"""What a conversation has sent so far: nothing that it was begun for, what may be sent again, or what may not."""

NOWHERE, BEHIND = 0, -1
"""Of a temporary table for rows: there is none; it is left of a statement that was interrupted, and nobody's."""

ServerRow: TypeAlias = tuple[object, ...]


class Opening(NamedTuple):
    """How a transaction begins that the server has not been told of."""

    begin: bytes
    settings: Settings
    """Those of its block."""
    also: tuple[bytes, ...] = ()
    """What stands behind both, before any statement: as whom it runs."""


class PreparedStatement:
    """A statement that this session's server has prepared, and how its values are written and read.

    The loaders of a prepared statement's columns never change (the server refuses to run it when they would), so its
    Transformer looks them up once. With the name b"" nothing is prepared: the SQL is sent each time.
    """

    __slots__ = (
        "agreed",
        "columns",
        "decode",
        "encoders",
        "found",
        "kin",
        "loaded",
        "name",
        "oids",
        "probed",
        "statement",
        "transformer",
        "types",
        "used",
        "zone",
        "zoned",
    )

    def __init__(
        self, name: bytes, statement: Executable[Any], encoders: Encoders, transformer: Transformer, types: Catalog
    ) -> None:
        self.types: Catalog = types
        self.name: bytes = name
        self.statement: Executable[Any] = statement
        self.encoders: Encoders = encoders
        self.transformer: Transformer = transformer
        self.loaded: bool = False
        self.agreed: bool = False
        """Whether the columns that its statement declares are those that the server has."""
        self.columns: Sequence[ResultColumn] = statement.columns
        """These columns in the order of the result."""
        self.decode: Callable[[list[ServerRow], int], list[Any]] = statement.decode
        self.found: tuple[ServerColumn, ...] | None = None
        """What the server has, once it was compared."""
        self.oids: tuple[int, ...] | None = None
        self.probed: tuple[ServerColumn, ...] = ()
        """What was looked at beside it, once it was compared."""
        self.used: bool = False
        """Whether it has run again since it was prepared, or since somebody last looked for one to close."""
        self.kin: dict[Executable[Any], PreparedStatement] = {statement: self}
        """The same for other statements of the same SQL, which share its name."""
        self.zoned: bool = False
        """Whether it gives points in time, which psycopg's loaders put into the zone of the session."""
        self.zone: bytes | None = None
        """The zone that its loaders know, which is the session's when they were made."""

    def of(self, statement: Executable[Any]) -> PreparedStatement:
        """The same for another statement of the same SQL: its values may be written in another way, its rows read in
        another. A few are kept, as two queries may be run in turn."""
        found = self.kin.get(statement)
        if found is None:
            encoded = encoders(statement.parameters)
            # Loaders of its own: the one result may come in binary, and the other as text.
            found = PreparedStatement(self.name, statement, encoded, Loaders(self.transformer.connection), self.types)
            if len(self.kin) >= KIN:
                self.kin.clear()
            found.kin = self.kin
            self.kin[statement] = found
        return found

    def load(self, result: PGresult, start: int, end: int) -> list[ServerRow]:
        """The rows of a result from `start` to before `end`, as psycopg's loaders read them; an exception of theirs for
        what Python cannot hold."""
        transformer = self.transformer
        if self.zoned:
            link = transformer.connection
            zone = None if link is None else link.pgconn.parameter_status(b"TimeZone")
            if zone != self.zone:  # new loaders where the session's zone is another one by now
                self.transformer = transformer = Loaders(link)
                self.loaded, self.zone = False, zone
        transformer.set_pgresult(result, set_loaders=not self.loaded)
        if not self.loaded and any(each.type is not None and each.type.verbatim for each in self.columns):
            transformer.set_loader_types(list(self._read_as(result)), Format.TEXT)
        self.loaded = self.name != b""
        return transformer.load_rows(start, end, tuple)

    def _read_as(self, result: PGresult) -> Iterator[int]:
        """By the OID of which type each column of a result is read: what is verbatim comes as its text."""
        for place, column in enumerate(self.columns):
            oid = result.ftype(place)
            yield READ_AS.get(oid, TEXT.oid) if column.type is not None and column.type.verbatim else oid


class Link(psycopg.Connection[tuple[Any, ...]]):
    """A connection and its session's state: prepared statements, settings in force, the transaction's first failure."""

    def __init__(self, pgconn: PGconn, *arguments: Any) -> None:
        super().__init__(pgconn, *arguments)
        for oid, loader in LOADERS:
            self.adapters.register_loader(oid, loader)
        # The last dumper registered for bytea is DB-API's, in Python; the one for bytes itself is C.
        self.adapters.register_dumper(bytes, BytesBinaryDumper)
        # Types that psycopg does not know (a citext where text was declared) are text in their binary form, too.
        self.adapters.register_loader(0, TextBinaryLoader)
        self.prepared: dict[bytes, PreparedStatement] = {}
        self.names: itertools.count[int] = itertools.count()
        self.mark: bytes = secrets.token_hex(8).encode()
        """What statements' names begin with: behind a pooler no other client's may ever be taken for one of them."""
        self.suspect: bool = False
        """Whether a statement was missing from the session, and it is not known yet why."""
        self.types: Catalog = Catalog()
        """What is known of the database's types, by all of its links."""
        self.settings: Settings | None = SERVER_DEFAULTS
        """The settings of the session; None when an interruption made them uncertain."""
        self.local: Settings | None = SERVER_DEFAULTS
        """The settings in force, which differ within a transaction; None when a rollback made them uncertain."""
        self.known: Settings = SERVER_DEFAULTS
        """What `local` was when it was last certain."""
        self.patience: float = 0.0
        """Seconds that a statement may take where neither qb nor its user says so; 0 is for ever."""
        self.failure: DbError | None = None
        """The first failure since the transaction, or its innermost savepoint, began."""
        self.depth: int = 0
        """Open blocks: 0 outside of a transaction, 1 in one, and 1 more for each of its savepoints that is a block."""
        self.begun: Characteristics = Characteristics()
        """What the BEGIN of the open transaction said."""
        self.opening: Opening | None = None
        """The BEGIN of the open transaction as long as the server has not answered it: it goes ahead of the first
        statement, in its message. `local` is None until then, so that no statement goes without it."""
        self.narrowed: ref[Any] | None = None
        """The block of the savepoint that runs as another role than what is around it; None for none. Weakly: one that
        got lost, interrupted half-way, must not leave its role to others."""
        self.unsure: bool = False
        """Whether a savepoint may have changed the role of the transaction, and its block has not been entered."""
        self.stream: ref[Any] | None = None
        """The stream that is being read. Weakly: one that got lost, interrupted half-way, must not stay in the way."""
        self.holder: tuple[str, float] | None = None
        """Where in the program the stream was opened that holds this link, and when."""
        self.staged: int = NOWHERE
        """Where the temporary table is that rows are copied into: NOWHERE, BEHIND, or the depth of the block that it is
        filled in."""
        self.dirty: bool = False
        """Whether the session may have been changed by raw SQL, which the next borrower must not inherit."""
        self.own: tuple[bytes, ...] = ()
        """The settings that qb made for itself, as commands: see `configure`."""
        self.sent: int = NOTHING
        """Of this conversation: see `renew`."""
        self.demoted: bool = False
        """Whether its server refused to write where nobody had said that it should only read: see `Stock`."""
        self.thrown: int = 0
        """The id of an exception that looks like the socket's or psycopg's, and came from a function of the user's."""
        self.single: bool = False
        """Whether the pipeline that was begun is about one statement: then it can be brought to its end."""
        self.asked: float = 0.0
        """When a statement was last sent."""
        self.descriptor: int = pgconn.socket
        self.ear: Ear = Ear(pgconn.socket, lambda: pgconn.status == OK)

    def close(self) -> None:
        """Close the connection."""
        self.ear.deaf()
        super().close()

    def forsake(self) -> None:
        """Close it in whatever thread, once the loop that watches its socket knows."""
        self.ear.forsaken(self.close)

    def __del__(self, *arguments: Any) -> None:
        if (ear := getattr(self, "ear", None)) is not None:  # none where it could not be made
            ear.forsaken(ear.deaf)
        super().__del__(*arguments)

    def soil(self) -> None:
        """Note that what is sent may change the session: outside a transaction the next statement begins afresh."""
        self.dirty = True
        self.known = self.local or self.known
        if not self.depth:
            self.local = None

    def overran(self) -> bool:
        """Whether the statement that was sent has run for as long as its limit allows, as far as is known here."""
        own = (self.local or self.known).statement_timeout
        limit = self.patience if own is None else own
        return 0 < limit <= (monotonic() - self.asked) * 1.01  # two clocks

    def lingers(self, statement: Executable[Any]) -> bool:
        """Whether a statement may change the session, in this database."""
        return statement.lingers or not statement.calls.isdisjoint(self.types.redefined or ())

    @property
    def streaming(self) -> bool:
        """Whether a stream is being read."""
        return self.stream is not None and self.stream() is not None

    @property
    def busy(self) -> bool:
        """Whether an answer is outstanding: then the link must not be used again before `recover`."""
        return self.pgconn.transaction_status == ACTIVE or self.pgconn.pipeline_status != OFF


def out_of_step(link: Link) -> ConnectionLost:
    """The link's answers do not belong to what was asked: whatever came next would be somebody else's. It is closed."""
    link.close()
    link.sent = ONCE  # this is no link that was closed while it idled
    return ConnectionLost("the answer does not belong to what was asked, so the connection was closed")
