"""Definitions that the checkers refuse: each line marked `# error` is refused by both, and no other."""
# fmt: off

from __future__ import annotations

from typing import NewType
from uuid import UUID

from qb import (
    MINVALUE, Col, Table, check, column, function, identity, namespace, partition_by_hash, partition_by_list,
    partition_by_range, pg, publication, published, replica_identity, sequence, serial, statistics,
)
from tests.typing.common import OnlyId, Status, Task, User

AuthId = NewType("AuthId", UUID)
numbers = sequence("numbers")
uid = function("uid", returns=AuthId)
slugify = function("slugify", pg.text, pg.integer, returns=str)
checked = function("checked", pg.text, returns=bool)
by_quantity = partition_by_range(Task, Task.quantity)
by_both = partition_by_range(Task, Task.quantity, Task.user_id)
by_status = partition_by_list(Task, Task.status)

sequence("numbers", type=pg.text)                                                       # error: no integer
sequence("numbers", start="1")                                                          # error: no number
identity(start="1")                                                                     # error: no number
serial("numbers")                                                                       # error: no sequence
namespace(pg.text)                                                                      # error: no name
namespace("app", renamed_from=numbers)                                                  # error: no name
sequence("numbers", renamed_from=1)                                                     # error: no name
function(returns=str, renamed_from=["f"])                                               # error: no name
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
by_quantity.partition("p", "1", 5)                                                      # error: a text
by_quantity.partition("p", 1, None)                                                     # error: NULL is in no range
by_quantity.partition("p", 1)                                                           # error: without an end
by_quantity.partition("p", 1, 5, inherits=True)                                         # error: no option of it
by_quantity.partition("p", 1, 5, rls="off")                                             # error: True, False, "force"
by_quantity.partition("p", 1, 5, with_={"fillfactor": None})                            # error: no value
by_both.partition("p", (1, 1), (2, 2))                                                  # error: a number for a user
by_both.partition("p", 1, 2)                                                            # error: two keys
by_status.partition("p", "open")                                                        # error: a text for an enum
by_status.partition("p", MINVALUE)                                                      # error: a bound of ranges
by_status.partition("p", None, 5)                                                       # error: a number for an enum
partition_by_hash(Task, Task.id).partition("p", modulus=2)                              # error: no remainder
partition_by_hash(Task, Task.id).default("p")                                           # error: a hash has none
partition_by_range(Task, "quantity")                                                    # error: no column
partition_by_range(Task)                                                                # error: without a key
partition_by_list(OnlyId, OnlyId.id)                                                    # error: no table
statistics("s", "a", "b")                                                               # error: no columns
statistics("s", Task.id, Task.status, kinds=["all"])                                    # error: no such kind
replica_identity(Task, "all")                                                           # error
replica_identity(Task, using="index")                                                   # error: no index
publication("p", "tasks")                                                               # error: no table
publication("p", publish=["upsert"])                                                    # error
published(Task, where=Task.quantity)                                                    # error: no condition
column(storage="far")                                                                   # error
column(compression="zip")                                                               # error
column(statistics="many")                                                               # error


class Wrong(Table, name="wrong of definitions"):
    a: Col[str] = column(default=serial())                                              # error: no integer
    b: Col[str] = column(default=numbers.next())                                        # error: no integer
    c: Col[int] = column(default=uid())                                                 # error: a UUID
    d: Col[int] = column(pg.varchar)                                                    # error: a text
    e: Col[Status] = column(pg.char)                                                    # error: spaces at its end
    f: Col[int] = column(generated=slugify(a, 1))                                       # error: a text
