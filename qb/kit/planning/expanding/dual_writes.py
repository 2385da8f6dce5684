"""What keeps old columns and new ones the same while both are written, and a table to be had under its old name.

A trigger before each row is written: it changes that row alone, so nothing calls it again.
https://www.postgresql.org/docs/current/plpgsql-trigger.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qb.errors import DefinitionError
from qb.kit.facts.grant import GrantFact
from qb.kit.facts.table import TableFact
from qb.kit.planning.ddl.sql_names import dotted
from qb.kit.planning.expanding.column_moves import ColumnMove
from qb.kit.planning.renaming import hash_of
from qb.kit.planning.sides import Sides
from qb.model.object import Identity
from qb.render.literals import dollar_quoted, string_literal
from qb.types.identifier import quoted

_INVOKER = 15
"""Since when a view asks what its reader may do, and not its owner."""


def writer_function(table: Identity) -> Identity:
    """The function that keeps the columns of a table the same."""
    return Identity("function", table.schema, "", f"qb_expand_{hash_of(table):08x}()")


def writer_trigger(table: Identity) -> Identity:
    """The trigger that calls it, behind all others that are called before."""
    return Identity("trigger", table.schema, table.name, f"zz_qb_expand_{hash_of(table):08x}")


def function_statement(table: Identity, moves: Sequence[ColumnMove], *, swapped: bool = False) -> str:
    """CREATE OR REPLACE of that function."""
    name = dotted(table.schema, writer_function(table).name.removesuffix("()"))
    path = ", ".join(dict.fromkeys((string_literal(table.schema), string_literal("public"))))
    sections = "".join(section for each in moves for section in _section(each, swapped=swapped))
    body = f"\n#variable_conflict use_column\nBEGIN\n{sections}  RETURN NEW;\nEND\n"
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path TO {path}\n"
        f"AS {dollar_quoted(body)}"
    )


def trigger_statement(table: Identity) -> str:
    """CREATE TRIGGER."""
    return (
        f"CREATE TRIGGER {quoted(writer_trigger(table).name)} BEFORE INSERT OR UPDATE ON "
        f"{dotted(table.schema, table.name)} FOR EACH ROW EXECUTE FUNCTION "
        f"{dotted(table.schema, writer_function(table).name.removesuffix('()'))}()"
    )


def _section(move: ColumnMove, *, swapped: bool) -> Iterator[str]:
    """What is done for one move: who writes a new column says the old ones, and the other way round."""
    forward, backward = move.forward(swapped=swapped), move.backward(swapped=swapped)
    if not move.old:
        for name, value in forward:
            yield f"  IF NEW.{quoted(name)} IS NULL THEN\n    {_set(move, [(name, value)])}\n  END IF;\n"
        return
    new = [quoted(name) for name, _ in forward]
    old = [quoted(each.apart.name if swapped else each.before.name) for each in move.old]
    empty = " AND ".join(f"NEW.{each} IS NULL" for each in new)
    ahead = _set(move, forward)
    back = _set(move, backward) if backward else "NULL;"
    yield (
        "  IF TG_OP = 'INSERT' THEN\n"
        f"    IF {empty} THEN\n      {ahead}\n    ELSE\n      {back}\n    END IF;\n"
        f"  ELSIF {_changed(new)} THEN\n    {back}\n"
        f"  ELSIF {_changed(old)} OR ({empty}) THEN\n    {ahead}\n  END IF;\n"
    )


def _changed(columns: Sequence[str]) -> str:
    """Whether one of them is another one: as text, which tells 1.0 from 1.00, and which every type has."""
    return " OR ".join(f"NEW.{each}::text IS DISTINCT FROM OLD.{each}::text" for each in columns)


def _set(move: ColumnMove, values: Sequence[tuple[str, str]]) -> str:
    said = ", ".join(f"({value})" for _, value in values)
    into = ", ".join(f"NEW.{quoted(name)}" for name, _ in values)
    return f"SELECT {said} INTO {into} FROM (SELECT NEW.*) AS {quoted(move.table.name)};"


def view_statements(was: Identity, now: Identity, sides: Sides) -> Iterator[str]:
    """A view under the old name of a table, through which old code reads and writes, with what roles may do.

    https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS
    """
    listed: list[str] = []
    for column, _ in sides.before.columns(was.schema, was.name):
        if (new := sides.now.get(column)) is not None:
            listed.append(
                quoted(new.name) if new.name == column.name else f"{quoted(new.name)} AS {quoted(column.name)}"
            )
    name = dotted(was.schema, was.name)
    _refuse(was, sides)
    invoker = " WITH (security_invoker = true)" if sides.after.catalog.version // 10_000 >= _INVOKER else ""
    yield f"CREATE VIEW {name}{invoker} AS SELECT {', '.join(listed)} FROM {dotted(now.schema, now.name)}"
    for each in sides.before.within(was.schema, was.name):
        fact = sides.before.get(each)
        if isinstance(fact, GrantFact) and fact.kind in ("table", "column"):
            yield from _grants(name, fact, sides)


def _refuse(was: Identity, sides: Sides) -> None:
    """Raise where a view would show what the table does not."""
    fact = sides.before.get(was)
    major = sides.after.catalog.version // 10_000
    if isinstance(fact, TableFact) and fact.row_security and major < _INVOKER:
        raise DefinitionError(
            f"{was}: --expand keeps the old name of a table as a view, which before PostgreSQL {_INVOKER} reads with "
            "its owner's rights and would show rows that row-level security hides. Leave --expand out"
        )
    gone = [each for each, _ in sides.before.columns(was.schema, was.name) if each not in sides.now]
    if gone:
        raise DefinitionError(
            f"{gone[0]}: --expand keeps the old name of its table as a view, which cannot have a column that goes. "
            "Rename the table now, and drop the column in a change of its own"
        )


def _grants(name: str, fact: GrantFact, sides: Sides) -> Iterator[str]:
    role = "PUBLIC" if fact.role == "public" else quoted(fact.role)
    column = "" if fact.column is None else f" ({quoted(fact.column)})"
    for each in fact.privileges:
        what, _, option = each.partition(" with grant option")
        what = what.partition(" by ")[0]
        last = " WITH GRANT OPTION" if each.endswith("with grant option") or option else ""
        yield f"GRANT {what.upper()}{column} ON {name} TO {role}{last}"
