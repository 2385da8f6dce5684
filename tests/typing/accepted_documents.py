"""Documents of several shapes, keys and rows for tests, as the checkers take them; every function is run."""
# mypy: disallow-any-expr

from __future__ import annotations

from typing import NewType, assert_type

import msgspec

from qb import (
    Col,
    Db,
    DecodeError,
    Expr,
    Failure,
    New,
    Outcome,
    Success,
    Table,
    Undecodable,
    Undecoded,
    column,
    create_all,
    document,
    drop_all,
    identity,
    insert,
    json_schema,
    older,
    openapi_components,
    schema,
    select,
    undecoded,
    update,
)
from qb.testing import Factory, bare_keys, factory
from qb.typing import Column

DeskId = NewType("DeskId", int)


class LookV1(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dark: bool


class Look(msgspec.Struct, frozen=True):
    theme: str


def upgraded(old: LookV1) -> Look:
    return Look("dark" if old.dark else "light")


class Desk(Table, name="accepted_desks", rename="camel"):
    desk_id: Col[DeskId] = column(primary_key=True, default=identity())
    look: Col[Look] = column(document(Look, older(LookV1, upgraded), lenient=True))
    loose: Col[Look | None] = column(document(Look), default=None)
    kept: Col[Look | Undecodable] = column(document(Look, undecodable=True), default=Look("x"))
    both: Col[Look | Undecodable | None] = column(document(Look, undecodable=True), default=None)
    later: Col[Undecoded[Look]] = column(default=undecoded(Look("x")))
    latest: Col[Undecoded[Look] | None] = column(document(Look, older(LookV1, upgraded), undecoded=True), default=None)


def columns(_: Db) -> None:
    assert_type(Desk.kept, Column[Look | Undecodable])
    assert_type(Desk.look.path(lambda look: look.theme), Expr[str | None])
    assert_type(Desk.loose.path(lambda look: look.theme), Expr[str | None])
    assert_type(Desk.kept.path(lambda look: look.theme), Expr[str | None])
    assert_type(Desk.both.path(lambda look: look.theme), Expr[str | None])
    assert_type(Desk.later, Column[Undecoded[Look]])
    assert_type(Desk.later.as_(Look), Expr[Look])
    assert_type(Desk.latest.as_(Look), Expr[Look | None])
    assert_type(Desk.later.as_(Look).path(lambda look: look.theme), Expr[str | None])


def rows(db: Db) -> None:
    db.run(create_all(schema(Desk))).unwrap()
    make = factory(Desk, seed=1)
    assert_type(make, Factory[Desk])
    assert_type(make(look=Look("x")), New[Desk])
    assert_type(make.many(2), list[New[Desk]])
    assert_type(make.row(desk_id=DeskId(1)), Desk)
    made = db.one(insert(make(look=Look("y"))).returning())
    assert_type(made, Outcome[Desk])
    kept = db.one(select(Desk.kept)).unwrap()
    assert_type(kept, Look | Undecodable)
    match kept:
        case Look():
            assert kept.theme == "x"
        case Undecodable():
            raise AssertionError(kept.reason)
    later = db.one(select(Desk.later)).unwrap()
    assert_type(later, Undecoded[Look])
    assert_type(later.raw, bytes)
    assert_type(later.decode(), Success[Look] | Failure[DecodeError, Look])
    outcome: Outcome[Look] = later.decode()
    assert_type(outcome.map(lambda look: look.theme).unwrap(), str)
    db.execute(update(Desk).set(Desk.later.to(undecoded(Look("z")))).all_rows()).unwrap()
    db.run(drop_all(schema(Desk))).unwrap()


def schemas(_: Db) -> None:
    assert_type(json_schema(New[Desk]), dict[str, object])
    assert_type(openapi_components(Desk, New[Desk]), dict[str, object])
    assert_type(bare_keys(Desk), list[str])
    assert bare_keys(Desk) == []
