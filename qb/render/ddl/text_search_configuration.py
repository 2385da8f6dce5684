"""Text search configurations. https://www.postgresql.org/docs/current/sql-createtsconfig.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.target import Requirements
from qb.model.text_search import TextSearchConfiguration
from qb.render.ddl.parts import dropped, guarded
from qb.types.identifier import qualified, quoted


def create(item: TextSearchConfiguration, operation: Create, needs: Requirements) -> tuple[str, ...]:
    """CREATE TEXT SEARCH CONFIGURATION, and what its words go through."""
    begin = f"COPY = {quoted(item.copy)}" if item.copy else f"PARSER = {quoted(item.parser or 'default')}"
    made = f"CREATE {subject(item)} ({begin})"
    how = "ALTER" if item.copy or operation.if_not_exists else "ADD"
    first = guarded(made, "unique_violation") if operation.if_not_exists else made
    return first, *(_mapping(item, how, *each) for each in item.mappings)


def alter(before: TextSearchConfiguration, after: TextSearchConfiguration, needs: Requirements) -> Iterator[str]:
    """ALTER TEXT SEARCH CONFIGURATION. https://www.postgresql.org/docs/current/sql-altertsconfig.html"""
    old, new = dict(before.mappings), dict(after.mappings)
    for kind in old:
        if kind not in new:
            yield f"ALTER {subject(after)} DROP MAPPING FOR {quoted(kind)}"
    for kind, dictionaries in after.mappings:
        if old.get(kind) != dictionaries:
            yield _mapping(after, "ALTER", kind, dictionaries)


def drop(item: TextSearchConfiguration, operation: Drop) -> str:
    """DROP TEXT SEARCH CONFIGURATION."""
    return dropped(operation, "TEXT SEARCH CONFIGURATION", qualified(item.schema, item.name))


def subject(item: TextSearchConfiguration) -> str:
    """What COMMENT ON calls it."""
    return f"TEXT SEARCH CONFIGURATION {qualified(item.schema, item.name)}"


def _mapping(item: TextSearchConfiguration, how: str, kind: str, dictionaries: tuple[str, ...]) -> str:
    return f"ALTER {subject(item)} {how} MAPPING FOR {quoted(kind)} WITH {', '.join(map(quoted, dictionaries))}"
