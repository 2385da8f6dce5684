"""Histories for tests, without files."""

from __future__ import annotations

from qb.errors.outcome import unwrap
from qb.kit.history.history import History, history_of
from qb.kit.history.migration import Migration


def migration(id: str, up: str, down: str | None = None, *, parents: tuple[str, ...] = (), **more: object) -> Migration:
    """A migration that was read from a file of its name."""
    fields: dict[str, object] = {"file": f"{id}/up.sql", "down_file": f"{id}/down.sql", **more}
    return Migration(id=id, up=up, down=down, parents=parents, **fields)  # type: ignore[arg-type]


def in_line(*migrations: Migration) -> History:
    """Each follows the one before it."""
    made: list[Migration] = []
    for each in migrations:
        parents = (made[-1].id,) if made else ()
        made.append(migration(each.id, each.up, each.down, parents=parents))
    return unwrap(history_of(made))
