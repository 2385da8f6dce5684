"""Publications. https://www.postgresql.org/docs/current/sql-createpublication.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.publication import PublicationFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Altered, DdlRule, Lines, drop_plainly
from qb.kit.qualified import whole_name
from qb.model.object import Identity
from qb.types.identifier import quoted

_WHERE: Final = " WHERE "


def _create_publication(identity: Identity, fact: PublicationFact, parts: CatalogParts) -> Lines:
    what = " FOR ALL TABLES" if fact.all_tables else (f" FOR {_what(fact)}" if _what(fact) else "")
    said = [f"publish = '{', '.join(fact.operations)}'"]
    if fact.via_root:
        said.append("publish_via_partition_root = true")
    if fact.generated_columns != "none":
        said.append(f"publish_generated_columns = {fact.generated_columns}")
    return [f"CREATE PUBLICATION {quoted(identity.name)}{what} WITH ({', '.join(said)})"]


def _what(fact: PublicationFact) -> str:
    found = [f"TABLE {', '.join(map(published_table, fact.tables))}"] if fact.tables else []
    return ", ".join((*found, *(f"TABLES IN SCHEMA {each}" for each in fact.schemas)))


def published_table(said: str) -> str:
    """A table with a condition in parentheses, which the server may leave out."""
    inside = False
    for place, sign in enumerate(said):
        if sign == '"':
            inside = not inside
        elif not inside and said.startswith(_WHERE, place):
            return f"{said[: place + len(_WHERE)]}({said[place + len(_WHERE) :]})"
    return said


def _alter_publication(change: Altered[PublicationFact]) -> Lines | None:
    if "all_tables" in change.fields:
        return None
    one, other, head = change.one, change.other, f"ALTER PUBLICATION {quoted(change.identity.name)}"
    lines: Lines = []
    if change.fields & {"tables", "schemas"}:
        if _what(other):
            lines.append(f"{head} SET {_what(other)}")
        elif _what(one):
            lines.append(f"{head} DROP {_bare(one)}")
    said: list[str] = []
    if "operations" in change.fields:
        said.append(f"publish = '{', '.join(other.operations)}'")
    if "via_root" in change.fields:
        said.append(f"publish_via_partition_root = {str(other.via_root).lower()}")
    if "generated_columns" in change.fields:
        said.append(f"publish_generated_columns = {other.generated_columns}")
    return lines + ([f"{head} SET ({', '.join(said)})"] if said else [])


def _bare(fact: PublicationFact) -> str:
    """What it has, by names alone."""
    tables = ", ".join(whole_name(each) for each in fact.tables)
    return ", ".join(
        (*((f"TABLE {tables}",) if tables else ()), *(f"TABLES IN SCHEMA {each}" for each in fact.schemas))
    )


PUBLICATION_RULE: Final = DdlRule(_create_publication, _alter_publication, drop_plainly)
