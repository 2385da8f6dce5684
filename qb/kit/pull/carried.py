"""What no descriptor says: carried as SQL, with what it needs, so that it is created all the same."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Final

from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.grant import DefaultPrivilegesFact
from qb.kit.facts.index import IndexFact
from qb.kit.pull.book import Book, Carried
from qb.kit.pull.source import Code, call, code_of, plain_raw, text, using
from qb.kit.sought import without_arguments
from qb.model.object import Identity
from qb.model.order import in_order
from qb.render.literals import string_literal
from qb.types.identifier import LIMIT, qualified, quoted

OTHERS_MODULE: Final = "others"
"""The module of all of it."""


def carry(
    book: Book,
    what: str,
    identity: Identity,
    statements: Sequence[str],
    needs: Iterable[Identity] = (),
    comment: str | None = None,
    *,
    name: str | None = None,
    on: str = "",
) -> None:
    """An object as the statements that make it. `on` is what COMMENT calls it, where it has one."""
    found = list(statements)
    if comment is not None:
        if on:
            found.append(f"COMMENT ON {on} IS {string_literal(comment)}")
        else:
            book.tell(identity, "its comment")
    own = tuple(dict.fromkeys((*needs, *book.catalog.needs(identity))))
    if (absent := book.lacking(own)) is not None:
        book.tell(identity, f"{what}: it needs the {absent}, which is not held")
        book.said.add(identity)
        return
    book.carried[identity, what] = Carried(what, identity, name or identity.title, tuple(found), own)
    book.said.add(identity)
    book.tell(identity, what, carried=True)


def carry_table(book: Book, table: Identity, action: str, what: str) -> None:
    """A property of a table, as ALTER TABLE says it."""
    statement = f"ALTER TABLE {qualified(table.schema, table.name)} {action}"
    carry(book, what, table, [statement], [table])


def carry_column(book: Book, column: Identity, action: str, what: str) -> None:
    """A property of a column."""
    statement = f"ALTER TABLE {qualified(column.schema, column.table)} ALTER COLUMN {quoted(column.name)} {action}"
    carry(book, what, column, [statement], [Identity("table", column.schema, "", column.table)])


def carry_constraint(book: Book, table: Identity, identity: Identity, fact: ConstraintFact) -> None:
    """A constraint as the server writes it."""
    whole = qualified(table.schema, table.name)
    statement = f"ALTER TABLE {whole} ADD CONSTRAINT {quoted(identity.name)} {fact.definition}"
    on = f"CONSTRAINT {quoted(identity.name)} ON {whole}"
    carry(book, identity.kind, identity, [statement], [table], fact.comment, on=on)
    if fact.triggers != "enabled":
        book.tell(identity, "switched off triggers")


def carry_index(book: Book, relation: Identity, identity: Identity, fact: IndexFact) -> None:
    """An index as the server writes it."""
    if not fact.valid and fact.parent is None:
        book.tell(identity, "an index that was left half built")
        book.said.add(identity)
        return
    on = f"INDEX {qualified(identity.schema, identity.name)}"
    carry(book, "index", identity, [str(fact.definition)], [relation], fact.comment, on=on)


def carry_clustering(book: Book, relation: Identity, index: Identity) -> None:
    """By which index a table is clustered."""
    carry(book, "clustering", index, [clustering(relation, index)], [relation])


def clustering(relation: Identity, index: Identity) -> str:
    """By which index a table is clustered, as SQL."""
    return f"ALTER TABLE {qualified(relation.schema, relation.name)} CLUSTER ON {quoted(index.name)}"


def write_carried(book: Book) -> None:
    """All of it, what others need first."""
    # A property of what is written in Python is needed by nothing: what it is of is.
    whose = {each.identity: key for key, each in book.carried.items() if _python(book, each.identity) is None}
    needs = {key: (*_reached(book, each), *_coming(book, each)) for key, each in book.carried.items()}
    order = in_order({key: [whose[n] for n in found if n in whose and whose[n] != key] for key, found in needs.items()})
    called: dict[tuple[Identity, str], str] = {}
    for key in order:
        each = book.carried[key]
        name = book.value_called(f"{without_arguments(each.identity).name}_{each.what}", ending="again")
        called[key] = name
        wanted = [called[whose[n]] for n in needs[key] if n in whose and whose[n] in called and whose[n] != key]
        # A property of what is written stands behind it.
        wanted += [found for n in (each.identity, *needs[key]) if (found := _python(book, n)) is not None]
        listed = code_of([using(found) for found in dict.fromkeys(wanted) if found != name])
        statements = [plain_raw(found) for found in each.statements]
        made = call(
            "custom_object",
            text(each.what),
            text(_short(each.name)),
            create=statements[0] if len(statements) == 1 else code_of(("[", code_of(statements), "]"), ""),
            needs=code_of(("[", listed, "]"), "") if listed.text else None,
        )
        book.write(name, OTHERS_MODULE, code_of((f"{name} = ", made), ""), 40)


def _short(name: str) -> str:
    """A name of at most as many bytes as one may have."""
    whole = name.encode()
    if len(whole) <= LIMIT:
        return name
    return f"{whole[: LIMIT - 9].decode(errors='ignore')}_{zlib.crc32(whole):08x}"


def _reached(book: Book, each: Carried) -> tuple[Identity, ...]:
    """What has to be there first: what it needs, and what that needs in turn."""
    found: dict[Identity, None] = {}
    left = list(each.needs)
    while left:
        identity = left.pop()
        if identity in found or identity == each.identity:
            continue
        found[identity] = None
        left += book.catalog.needs(identity)
        if identity.kind == "table":  # what it is made with, functions of its checks among it
            left += (need for part in book.parts(identity) for need in book.catalog.needs(part))
    return tuple(sorted(found))


_COMING: Final = {
    "tables": ("table", "view", "materialized view", "foreign table"),
    "functions": ("function", "procedure", "aggregate", "range"),
    "sequences": ("sequence",),
    "types": ("enum", "domain", "composite type", "range"),
}


def _coming(book: Book, each: Carried) -> tuple[Identity, ...]:
    """What has to be there before default privileges are, which would be those of it, too."""
    fact = book.catalog.get(each.identity)
    if not isinstance(fact, DefaultPrivilegesFact):
        return ()
    kinds = _COMING.get(fact.on, ())
    return tuple(one for one, other in book.catalog.items() if one.kind in kinds and other.extension is None)


def _python(book: Book, identity: Identity) -> str | None:
    """What an object is called, where others can say that they need it."""
    if identity.kind in ("table", "view", "materialized view"):
        return book.relation(identity.schema, identity.name)
    if identity.kind in ("enum", "domain", "composite type"):
        found = book.types.get((identity.schema, identity.name))
        return None if found is None or identity.kind == "enum" else found.value
    if identity.kind in ("function", "procedure", "sequence", "role", "extension", "schema", "collation"):
        return book.values.get(identity)
    return None


__all__ = ["Code", "carry", "write_carried"]
