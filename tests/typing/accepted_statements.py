"""Writes and their outcomes as people write them; see accepted.py."""
# mypy: disallow-any-expr

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from qb import Db, New, Success, Table, alias, delete, excluded, fn, insert, new, select
from tests.typing.accepted import a_user
from tests.typing.common import Log, Member, User

AnyTable = TypeVar("AnyTable", bound=Table)


def what_conflicts(db: Db) -> None:
    """Each form of ON CONFLICT, and columns that are a list."""
    key, ada = [User.id], a_user("Ada")
    renamed = User.display_name.to(excluded(User.display_name))
    db.execute(insert(ada)).unwrap()
    for again in (
        insert(ada).on_conflict(*key, nothing=True),
        insert(ada).on_conflict(constraint="general_users_pkey", nothing=True),
        insert(User).on_conflict(User.id, nothing=True).values(ada),
        insert(ada).on_conflict(*key, update=[renamed], update_where=User.display_name == "nobody"),
        insert(User)
        .on_conflict(constraint="general_users_pkey", update=[renamed], update_where=~User.active)
        .values(ada),
    ):
        assert db.execute(again) == Success(0)
    assert db.execute(insert(ada).on_conflict(User.id, update=(renamed,), nothing=False)) == Success(1)


def rows_of_any_kind(db: Db) -> None:
    """What gives rows of one table: a generator, values of a dict, a map, several lists; and none at all."""
    logs = {note: new(Log)(note=note) for note in ("a", "b")}
    assert db.insert_many(logs.values()) == Success(2)
    assert db.insert_many(new(Log)(note=note) for note in "cd") == Success(2)
    assert db.insert_many(map(a_log, ["e"])) == Success(1)
    assert db.insert_many([a_log("f")] + [a_log("g")]) == Success(2)
    assert db.insert_many(reversed([a_log("h")])) == Success(1)
    assert db.insert_many(()) == Success(0)
    assert db.execute(insert(*logs.values())) == Success(2)
    assert db.execute(insert(Log).values(a_log("i"), *logs.values())) == Success(3)
    assert copies(db, Log, [a_log("j")]) == 1
    assert emptied(db, [Log, Member]) >= 14


def a_log(note: str) -> New[Log]:
    return new(Log)(note=note)


def copies(db: Db, table: type[AnyTable], rows: Iterable[New[AnyTable]]) -> int:
    """Written once, for every table."""
    found = alias(table, "found")
    before = db.scalar(select(fn.count()).from_(found)).unwrap()
    db.insert_many(rows, insert(table).on_conflict(nothing=True)).unwrap()
    return db.scalar(select(fn.count()).from_(table)).unwrap() - before


def emptied(db: Db, tables: Iterable[type[Table]]) -> int:
    return sum(db.execute(delete(table).all_rows()).unwrap() for table in tables)
