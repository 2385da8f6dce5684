"""Random schemas, made of descriptors of all kinds, with names that need quotes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

import qb
from qb import pg, schema
from qb.typing import Schema
from tests.kit.random_code import functions, triggers, views
from tests.kit.random_maker import Draw, Maker
from tests.kit.random_rest import rest
from tests.kit.random_tables import composed, divided, inherited, periods, table


@st.composite
def schemas(draw: Draw, major: int = 18, *, toast: bool = True) -> Schema:
    """A schema of one to four tables and more of other kinds, and of what stands beside them. `toast`: whether TOAST
    tables may have options, which no plan can give back."""
    m = Maker(draw, major, toast=toast)
    for _ in range(draw(st.integers(1, 4))):
        table(m)
    for make, of in ((divided, 3), (inherited, 5), (composed, 5), (functions, 2), (views, 2), (triggers, 2), (rest, 2)):
        if m.chance(of):
            make(m)
    if major >= 18 and m.chance(8):
        periods(m)
    _standing(m)
    _access(m)
    return schema(*draw(st.permutations(m.made)))


def _standing(m: Maker) -> None:
    if m.tables and m.chance(3):
        root = m.chance()
        m.made.append(
            qb.publication(m.name(), *m.tables[:2], publish=["insert"], via_partition_root=root, comment=m.comment())
        )
    if m.chance(8):
        named = [each for each in m.schemas if each]
        what: dict[str, Any] = {"schemas": named} if named else {"all_tables": True}
        m.made.append(qb.publication(m.name(), publish=["insert"], **what))
    if m.chance():
        counting: dict[str, Any] = {"start": 5, "increment": m.one_of(1, 3, -2), "min": -99, "max": 99}
        made = qb.sequence(
            m.name(), schema=m.where(), type=m.one_of(pg.integer, pg.bigint, pg.smallint), cycle=m.chance(),
            comment=m.comment(), **counting,
        )  # fmt: skip
        m.made.append(made)
        if m.roles and m.chance():
            m.made.append(qb.grant("usage", on=made, to=m.roles[0]))
    if m.chance(6):
        words = {"asciiword": ["simple"], "word": ["simple", "english_stem"]}
        m.made.append(qb.text_search_configuration(m.name(), schema=m.where(), copy="english", mappings=words))
    for name in dict.fromkeys(m.schemas):
        if name is not None:  # one that nothing is in would be taken for somebody else's
            m.made.append(qb.namespace(name, comment=m.comment()))


def _access(m: Maker) -> None:
    if len(m.roles) > 1 and m.chance():
        m.made.append(qb.member_of(m.roles[0], m.roles[1], admin=m.chance()))
    if m.roles and m.chance(3):
        within = m.where()
        m.made.append(qb.default_privileges("select", on="tables", to=m.roles[0], schema=within, grantable=m.chance()))
    if m.roles and m.chance(4):
        m.made.append(qb.default_privileges("execute", on="functions", to=m.roles[-1]))
    named = [each for each in m.schemas if each]
    if m.roles and named and m.chance():
        m.made.append(qb.grant("usage", schema=named[0], to=m.roles[0]))
