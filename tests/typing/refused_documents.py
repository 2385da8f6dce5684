"""Documents of several shapes, and rows for tests: each line marked `# error` is refused by both, and no other."""
# fmt: off

from __future__ import annotations

import msgspec
from hypothesis import strategies as st

from qb import (
    Col,
    Table,
    Undecodable,
    Undecoded,
    column,
    document,
    identity,
    json_schema,
    older,
    openapi_components,
    undecoded,
)
from qb.testing import factory, rows


class LookV1(msgspec.Struct, frozen=True):
    dark: bool


class Look(msgspec.Struct, frozen=True):
    theme: str


def upgraded(old: LookV1) -> Look:
    return Look("dark" if old.dark else "light")


class Desk(Table, name="refused_desks"):
    id: Col[int] = column(primary_key=True, default=identity())
    kept: Col[Look | Undecodable] = column(document(Look, undecodable=True))
    wrong: Col[LookV1] = column(document(Look))                                         # error: another class
    later: Col[Undecoded[Look]] = column(document(Look, undecoded=True))
    read: Col[Look] = column(document(Look, undecoded=True))                            # error: it is undecoded
    plain: Col[Undecoded[Look]] = column(document(Look))                                # error: it is read at once
    default: Col[Undecoded[Look]] = column(default=Look("x"))                           # error: not undecoded


older(Look, upgraded)                                                                   # error: takes a LookV1
document(Look, upgraded)                                                                # error: no older(...)
Desk.kept.path(lambda look: look.reason)                                                # error: no field of Look
Desk.later.path(lambda look: look.theme)                                                # error: nobody has read it
Desk.later.to(Look("x"))                                                                # error: not undecoded
Desk.later.to(undecoded(LookV1(True)))                                                  # error: another class
document(Look, undecoded=True, undecodable=True)                                        # error: one of the two


def read(desk: Desk) -> None:
    desk.kept.theme                                                                     # error: perhaps it is not one
    desk.later.theme                                                                    # error: nobody has read it
    desk.later.decode().theme                                                           # error: perhaps it is not one


json_schema(5)                                                                          # error: no class
openapi_components(Desk.id)                                                             # error: no class
rows(Look)                                                                              # error: no table
rows(Desk, kept=Look("x"))                                                              # error: no strategy
rows(Desk, kept=st.just(Look("x")))
factory(Look)                                                                           # error: no table
factory(Desk, seed="1")                                                                 # error: no number
