"""What goes with a row goes whatever the triggers of its keys are called.

PostgreSQL follows the keys to a row that is deleted in rounds: those of a round in the order of their triggers' names,
which are numbers as text. A key that keeps what it points to is looked at in the round after that was deleted; what
still refers to it then, and is to go in that round or a later one, is met or not met by chance. So it is to be gone by
then, or the key is looked at when the transaction ends.
https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-REFERENCES
"""

from typing import NamedTuple

import pytest

from qb import Db, Script, connect, create_all, sql, unwrap
from qb.run.server.embedded import Embedded
from qb.typing import Schema
from tables import archetype, chronos, pivotal, promptliano, supabase_chat
from tables.scratch import scratch_database


class Key(NamedTuple):
    """A foreign key: its name, from which table, to which; what a delete does; whether each row has it; when it is
    looked at."""

    name: str
    of: str
    to: str
    on_delete: str
    always: bool
    deferred: bool


KEYS = sql(
    """
    SELECT conname::text, conrelid::regclass::text, confrelid::regclass::text, confdeltype::text,
      (SELECT bool_and(attnotnull) FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)), condeferred
    FROM pg_constraint WHERE contype = 'f' AND conparentid = 0
    """
).rows(tuple[str, str, str, str, bool, bool])


def rounds(keys: list[Key], root: str, *, certain: bool) -> dict[str, int]:
    """In which round the rows of each table go with a row of `root`: at the soonest, or those that certainly do."""
    found, now = {root: 0}, {root}
    while now:
        gone = {
            key.of
            for key in keys
            if key.on_delete == "c" and key.to in now and key.of not in found and (key.always or not certain)
        }
        found |= dict.fromkeys(gone, max(found.values()) + 1)
        now = gone
    return found


def by_chance(db: Db) -> list[str]:
    keys = [Key(*each) for each in unwrap(db.all(KEYS))]
    wrong: list[str] = []
    for root in sorted({key.to for key in keys}):
        soonest, certain = rounds(keys, root, certain=False), rounds(keys, root, certain=True)
        for key in keys:
            if key.on_delete not in ("a", "r") or key.deferred or key.to not in soonest or key.of not in soonest:
                continue
            if certain.get(key.of, len(keys)) > soonest[key.to]:
                wrong.append(f"{key.name}, with a row of {root}")
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize(
    "schema",
    [each.schema for each in (archetype, pivotal, supabase_chat, promptliano, chronos)],
    ids=lambda schema: str(schema.name),
)
def test_no_delete_hangs_on_the_names_of_triggers(qb_server: Embedded, schema: Schema) -> None:
    with scratch_database(qb_server.url) as url, connect(url) as db:
        unwrap(db.run(create_all(schema, stand_ins=True)))
        assert by_chance(db) == []


def test_one_that_does_is_found(qb_server: Embedded) -> None:
    made = Script(
        "CREATE TABLE sellers (id int PRIMARY KEY)",
        "CREATE TABLE kinds (id int PRIMARY KEY, seller int NOT NULL REFERENCES sellers ON DELETE CASCADE)",
        "CREATE TABLE cards (id int PRIMARY KEY, seller int NOT NULL REFERENCES sellers ON DELETE CASCADE)",
        """CREATE TABLE rates (id int PRIMARY KEY, card int NOT NULL REFERENCES cards ON DELETE CASCADE,
          kind int CONSTRAINT rates_kind REFERENCES kinds ON DELETE RESTRICT)""",
        """CREATE TABLE offers (card int NOT NULL CONSTRAINT offers_card REFERENCES cards ON DELETE RESTRICT,
          seller int NOT NULL REFERENCES sellers ON DELETE CASCADE)""",
        "INSERT INTO sellers VALUES (1)",
        "INSERT INTO kinds VALUES (1, 1)",
        "INSERT INTO cards VALUES (1, 1)",
        "INSERT INTO rates VALUES (1, 1, 1)",
        "INSERT INTO offers VALUES (1, 1)",
    )
    with scratch_database(qb_server.url) as url, connect(url) as db:
        unwrap(db.run(made))
        assert by_chance(db) == ["rates_kind, with a row of sellers"]
