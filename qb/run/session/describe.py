"""What the server says of a statement's result, and whether it is what was declared.

A statement is described in the message that prepares it, so no answer is waited for twice, and a write that does not
fit never runs. https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from psycopg import generators

from qb.errors import SchemaMismatch
from qb.run.report.diagnose import farewell, from_result
from qb.run.session.ahead import ahead, brought_back, piped, until_sync
from qb.run.session.answers import COMMAND_OK, command
from qb.run.session.arrange import arranged
from qb.run.session.catalog import Fact, FieldFact
from qb.run.session.drift import ServerColumn, misdeclared, probed, unknown
from qb.run.session.forms import ZONED
from qb.run.session.link import out_of_step
from qb.types.array import Array

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from qb.run.session.executable import Executable
    from qb.run.session.link import Link, PreparedStatement
    from qb.run.session.settings import Settings
    from qb.run.session.wait import Conversation


def server_columns(result: PGresult) -> tuple[ServerColumn, ...]:
    """A result's columns, or those of a statement that was described."""
    return tuple(
        ServerColumn((result.fname(index) or b"").decode(errors="replace"), result.ftype(index), result.fmod(index))
        for index in range(result.nfields)
    )


class DescribedStatement(NamedTuple):
    """What the server says of a statement: the columns of its results, and those that were looked at beside it."""

    columns: tuple[ServerColumn, ...] = ()
    probed: tuple[ServerColumn, ...] = ()


def prepare_statement(
    link: Link, name: bytes, statement: Executable[Any], wanted: Settings
) -> Conversation[tuple[PGresult, DescribedStatement]]:
    """Prepare a statement. Returns what the server says to that, and how it describes it."""
    pgconn = link.pgconn
    probes = statement.probes
    commands = ahead(link, wanted)
    piped(link, commands, single=True)
    pgconn.send_prepare(name, statement.sent)
    pgconn.send_describe_prepared(name)
    for text, _ in probes:
        pgconn.send_prepare(b"", text)
        pgconn.send_describe_prepared(b"")
    pgconn.pipeline_sync()
    yield from generators.send(pgconn)
    results = brought_back(link, wanted, commands, (yield from until_sync(pgconn)), link.sent)
    if results and farewell(results[-1]):
        link.close()
        raise from_result(results[-1])
    pgconn.exit_pipeline_mode()
    failed = next((result for result in results if result.status != COMMAND_OK), None)
    if failed is not None:
        return failed, DescribedStatement()
    if len(results) != 2 + 2 * len(probes):
        raise out_of_step(link)
    looked_at = tuple(column for result in results[3::2] for column in server_columns(result))
    return results[0], DescribedStatement(server_columns(results[1]), looked_at)


def agree(link: Link, reader: PreparedStatement, found: DescribedStatement) -> Conversation[None]:
    """Compare a statement's declared columns with the server's; types that are new are looked up. SchemaMismatch."""
    declared = tuple(column for _, columns in reader.statement.probes for column in columns)
    missing, names = unknown(declared, [column.oid for column in found.probed], link.types)
    if missing or names:
        yield from learn(link, missing, names)
    if (error := probed(declared, found.probed, link.types)) is not None:
        link.types.forget()
        raise error
    if found.columns or not found.probed:
        yield from known(link, reader.statement, found.columns)
        accept(reader, found.columns)
    else:
        reader.agreed, reader.found, reader.oids = True, (), ()
    reader.probed = found.probed


def agree_unnamed(link: Link, reader: PreparedStatement, wanted: Settings) -> Conversation[None]:
    """The same for a statement that is not kept by the server, once on each link: a turn, before a stream begins, or
    something is written, or nested rows are read."""
    if not reader.name and reader.found is None:
        result, found = yield from prepare_statement(link, b"", reader.statement, wanted)
        if result.status == COMMAND_OK:  # else it is refused again, when it runs
            yield from agree(link, reader, found)


def known(link: Link, statement: Executable[Any], found: tuple[ServerColumn, ...]) -> Conversation[None]:
    """Look up what `accept` has to know: a turn, once for each new type of a database."""
    missing, names = strange(link, statement, found)
    if missing or names:
        yield from learn(link, missing, names)


def strange(link: Link, statement: Executable[Any], found: tuple[ServerColumn, ...]) -> tuple[set[int], set[str]]:
    """The types of a result, and the names of domains, that a link knows nothing of."""
    fit = arranged(statement, found)
    if isinstance(fit, SchemaMismatch):
        return set(), set()  # which `accept` says
    return unknown(fit.columns, [column.oid for column in found], link.types)


def compare(reader: PreparedStatement, result: PGresult) -> None:
    """SchemaMismatch where a result is not what was declared; next to nothing where it is as it was the last time."""
    if not reader.agreed or changed(reader, result):
        accept(reader, server_columns(result))


def changed(reader: PreparedStatement, result: PGresult) -> bool:
    """Whether a result is of other types than the last one, or of other names where these decide."""
    if reader.oids != oids_of(result):
        return True
    return reader.statement.raw is not None and reader.found != server_columns(result)


def oids_of(result: PGresult) -> tuple[int, ...]:
    """The types of a result's columns."""
    return tuple(map(result.ftype, range(result.nfields)))


def accept(reader: PreparedStatement, found: tuple[ServerColumn, ...]) -> None:
    """Remember that a statement's result is what was declared. SchemaMismatch where it is not."""
    reader.agreed, reader.found, reader.oids = False, None, None
    fit = arranged(reader.statement, found)
    error = fit if isinstance(fit, SchemaMismatch) else misdeclared(fit.columns, found, reader.types)
    if error is not None:
        reader.types.forget()
        raise error
    assert not isinstance(fit, SchemaMismatch)
    for declared, column in zip(fit.columns, found, strict=False):
        if isinstance(declared.type, Array) and declared.type.of.wire.oid:
            reader.types.teach(reader.transformer.adapters, column.oid)
    reader.columns, reader.decode = fit
    reader.zoned = any(column.oid in ZONED for column in found)
    reader.agreed, reader.found, reader.oids = True, found, tuple(column.oid for column in found)


_COLUMNS = "t.oid, t.typname, t.typtype, t.typbasetype, t.typelem, t.typrelid"
_FIELDS = "FROM pg_catalog.pg_attribute a WHERE a.attrelid = w.typrelid AND a.attnum > 0 AND NOT a.attisdropped"
_LOOKUP = f"""
WITH RECURSIVE w AS (
    SELECT {_COLUMNS} FROM pg_catalog.pg_type t
    WHERE t.oid IN (%s) OR (t.typtype = 'd' AND t.typname IN (%s))
    UNION
    SELECT {_COLUMNS} FROM w
    CROSS JOIN LATERAL (
        SELECT w.typbasetype UNION ALL SELECT w.typelem UNION ALL SELECT a.atttypid {_FIELDS} AND w.typtype = 'c'
    ) AS below (type)
    JOIN pg_catalog.pg_type t ON t.oid = below.type
)
SELECT oid, typname, pg_catalog.format_type(oid, NULL), typtype, typbasetype,
  CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.oid = w.typelem AND e.typarray = w.oid)
  THEN typelem ELSE 0 END,
  CASE typtype WHEN 'c' THEN (
    SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.attname, a.atttypid::int8, a.atttypmod) ORDER BY a.attnum)
    {_FIELDS}
  ) END
FROM w
"""


def learn(link: Link, oids: set[int], names: set[str]) -> Conversation[None]:
    """Look types up: one query, on a link that is at rest. What there is nothing of stays unknown."""
    texts = ["'" + name.replace("'", "''") + "'" for name in sorted(names)] or ["''"]
    numbers = [str(oid) for oid in sorted(oids)] or ["0"]
    sql = _LOOKUP % (", ".join(numbers), ", ".join(texts))
    result = yield from command(link, sql.encode())
    catalog = link.types
    domains: dict[str, set[int]] = {name: set() for name in names}
    for row in range(result.ntuples):
        oid, name, shown, kind, base, element = ((result.get_value(row, at) or b"").decode() for at in range(6))
        fields = msgspec.json.decode(result.get_value(row, 6) or b"[]", type=tuple[FieldFact, ...])
        catalog.types[int(oid)] = Fact(int(oid), name, shown, kind == "e", int(base), int(element), fields)
        if kind == "d" and name in domains:
            domains[name].add(int(base))
    for name, bases in domains.items():
        if bases:  # else it may be created yet
            plain = (catalog.plain(base) for base in bases)
            catalog.domains[name] = frozenset(fact.oid for fact in plain if fact is not None)
