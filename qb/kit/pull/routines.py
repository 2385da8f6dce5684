"""Functions and procedures: those of triggers as values, the others as the SQL that makes them."""

from __future__ import annotations

import re
from typing import Final

from qb.kit.carried_kinds import TOLD_KINDS
from qb.kit.facts.function import AggregateFact, FunctionFact
from qb.kit.planning.ddl.aggregates import aggregate_statement
from qb.kit.planning.ddl.sql_names import routine_name
from qb.kit.pull.book import Book, named_schema
from qb.kit.pull.carried import carry
from qb.kit.pull.functions_written import write_function
from qb.kit.pull.settings import LISTED_SETTINGS, settings_of
from qb.kit.pull.source import Code, call, code_of, literal, plain_raw, text
from qb.kit.qualified import routine_parts
from qb.model.object import Identity
from qb.render.literals import dollar_quoted, string_literal
from qb.types.identifier import qualified, quoted

_MADE: Final = ("range_constructor", "multirange_constructor")
"""What comes with a type of ranges."""
_ROWTYPE: Final = re.compile(r"%\s*(?:row)?type", re.IGNORECASE)


def write_routines(book: Book) -> None:
    """All of the database's own."""
    for identity, fact in book.catalog.of(FunctionFact).items():
        if comes_with_range(fact):
            book.said.add(identity)
        elif fact.extension is None and not book.lacks(identity):
            if _is_trigger_function(fact):
                _trigger_function(book, identity, fact)
            elif not write_function(book, identity, fact):
                _carried(book, identity, fact)
    for identity, aggregate in book.catalog.of(AggregateFact).items():
        if aggregate.extension is None and not book.lacks(identity):
            _aggregate(book, identity, aggregate)


def comes_with_range(fact: FunctionFact) -> bool:
    """Whether PostgreSQL made a function together with a type of ranges."""
    return fact.language == "internal" and fact.body.startswith(_MADE)


def _is_trigger_function(fact: FunctionFact) -> bool:
    plain = fact.language == "plpgsql" and not fact.arguments and not fact.leakproof and fact.parallel == "unsafe"
    usual = fact.volatility == "volatile" and not fact.strict and fact.cost == 100 and fact.support is None
    path = any(each.startswith("search_path=") for each in fact.settings)
    return (
        fact.returns in ("trigger", "event_trigger")
        and plain
        and usual
        and _ROWTYPE.search(fact.body) is None
        and (not fact.security_definer or path or not fact.settings)
        and settings_of(fact) is not None
    )


def _trigger_function(book: Book, identity: Identity, fact: FunctionFact) -> None:
    plain, _ = routine_parts(identity.name)
    name = book.value_called(plain, f"{plain}_function", ending="function")
    book.values[identity] = name
    settings = settings_of(fact)
    within = named_schema(identity.schema)
    made = call(
        "trigger_function" if fact.returns == "trigger" else "event_trigger_function",
        text(plain),
        plain_raw(fact.body),
        schema=None if within is None else text(within),
        security='"definer"' if fact.security_definer else None,
        set=literal(settings) if settings else None,
        comment=None if fact.comment is None else text(fact.comment),
    )
    book.write(name, book.home(identity.schema), code_of((f"{name} = ", made), ""), 3)
    book.said.add(identity)


def _carried(book: Book, identity: Identity, fact: FunctionFact) -> None:
    plain, _ = routine_parts(identity.name)
    kind = identity.kind.upper()
    head = f"CREATE {kind} {qualified(identity.schema, plain)}({fact.arguments})"
    lines = [head]
    if fact.returns is not None:
        lines.append(f"RETURNS {fact.returns}")
    lines.append(f"LANGUAGE {quoted(fact.language)}")
    if kind == "FUNCTION":
        lines += _options(fact)
    lines += ["SECURITY DEFINER"] if fact.security_definer else []
    lines += [f"TRANSFORM FOR TYPE {each}" for each in fact.transforms]
    lines += [_set(each) for each in fact.settings]
    if fact.sql_body is not None:
        lines.append(fact.sql_body)
    elif fact.library is not None:
        lines.append(f"AS {string_literal(fact.library)}, {string_literal(fact.body)}")
    else:
        lines.append(f"AS {dollar_quoted(fact.body)}")
    created = "\n".join(lines)
    # A body as text names what may come later.
    unchecked = ["SET LOCAL check_function_bodies = off", created, "SET LOCAL check_function_bodies = on"]
    statements = [created] if fact.sql_body is not None else unchecked
    on = f"{kind} {routine_signature(identity)}"
    what = f"row {identity.kind}" if _of_rows(book, identity) else identity.kind
    carry(book, what, identity, statements, (), fact.comment, on=on)


def _of_rows(book: Book, identity: Identity) -> bool:
    """Whether it takes or gives rows of a table, so that others, which tables may call, are made before it."""
    return any(each.kind in ("table", "view", "column") for each in book.catalog.needs(identity))


def routine_signature(identity: Identity) -> str:
    """A routine as DROP and COMMENT call it."""
    plain, arguments = routine_parts(identity.name)
    return f"{qualified(identity.schema, plain)}({arguments}"


def _options(fact: FunctionFact) -> list[str]:
    found = [] if fact.volatility == "volatile" else [fact.volatility.upper()]
    found += ["STRICT"] if fact.strict else []
    found += ["LEAKPROOF"] if fact.leakproof else []
    found += [] if fact.parallel == "unsafe" else [f"PARALLEL {fact.parallel.upper()}"]
    found += ["WINDOW"] if fact.window else []
    usual = 1 if fact.language in ("c", "internal") else 100
    found += [] if fact.cost == usual else [f"COST {fact.cost:g}"]
    found += [] if fact.rows in (0, 1000) else [f"ROWS {fact.rows:g}"]
    found += [] if fact.support is None else [f"SUPPORT {fact.support}"]
    return found


def _set(written: str) -> str:
    name, _, value = written.partition("=")
    called = ".".join(quoted(each) for each in name.split("."))
    return f"SET {called} TO {value if name in LISTED_SETTINGS and value else string_literal(value)}"


def _aggregate(book: Book, identity: Identity, fact: AggregateFact) -> None:
    for each in book.catalog.needs(identity):
        need = book.catalog.get(each)
        if each.kind in TOLD_KINDS and need is not None and need.extension is None:  # the operator that sorts
            book.tell(identity, f"aggregate: it needs the {each}, which is not held")
            return
    on = f"AGGREGATE {routine_name(identity, fact)}"
    carry(book, "aggregate", identity, [aggregate_statement(identity, fact)], (), fact.comment, on=on)


__all__ = ["Code", "routine_signature", "write_routines"]
