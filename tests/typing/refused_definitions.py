"""Definitions that the checkers refuse: each line marked `# error` is refused by both, and no other."""
# fmt: off

from __future__ import annotations

from typing import NewType
from uuid import UUID

from qb import Col, Table, check, column, function, identity, namespace, pg, sequence, serial
from tests.typing.common import Status, User

AuthId = NewType("AuthId", UUID)
numbers = sequence("numbers")
uid = function("uid", returns=AuthId)
slugify = function("slugify", pg.text, pg.integer, returns=str)
checked = function("checked", pg.text, returns=bool)

sequence("numbers", type=pg.text)                                                       # error: no integer
sequence("numbers", start="1")                                                          # error: no number
identity(start="1")                                                                     # error: no number
serial("numbers")                                                                       # error: no sequence
namespace(pg.text)                                                                      # error: no name
slugify(User.text)                                                                      # error: one argument
slugify(User.text, 1, 2)                                                                # error: three
slugify(User.id, 1)                                                                     # error: a UUID for a text
slugify("x", "1")                                                                       # error: a text for a number
slugify(text="x", number=1)                                                             # error: by place alone
uid("x")                                                                                # error: no argument
function("f", str, returns=str)                                                         # error: no type of SQL
function("f", pg.text)                                                                  # error: what it returns
function("f", returns=str, type=pg.integer)                                             # error: no text
function("f", returns=str, volatility="pure")                                           # error
pg.integer.collate("C")                                                                 # error: no text
pg.array(pg.text).collate("C")                                                          # error: no text
User.id.collate("C")                                                                    # error (pyright): no text
User.text.collate(5)                                                                    # error: no name
check("c", slugify(User.text, 1))                                                       # error: no condition
check("c", checked(User.text))


class Wrong(Table, name="wrong of definitions"):
    a: Col[str] = column(default=serial())                                              # error: no integer
    b: Col[str] = column(default=numbers.next())                                        # error: no integer
    c: Col[int] = column(default=uid())                                                 # error: a UUID
    d: Col[int] = column(pg.varchar)                                                    # error: a text
    e: Col[Status] = column(pg.char)                                                    # error: spaces at its end
    f: Col[int] = column(generated=slugify(a, 1))                                       # error: a text
