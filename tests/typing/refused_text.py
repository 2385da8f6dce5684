"""SQL text that is no literal: every line marked `# error (pyright)` is refused by pyright and basedpyright, and no other.

mypy takes LiteralString for str. Lines marked `S608` are those that ruff's rule of that name reports, right or wrong:
it knows how statements of four kinds begin, and looks at how a string is put together, not at where it goes.
"""
# fmt: off
# ruff: noqa: UP031, UP032, FLY002

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from qb import Db, Script, Table, pg, select, sql, trusted
from tests.typing.common import Log, LogId, UserId
from tests.typing.accepted_text import COUNT, UNSAID, Texts

NAMES = ["users", "tasks"]
SAID: Final = "SELECT 1"
LOCAL = "SELECT 1"
ADDED: Final = "SELECT * FROM " + NAMES[0]                                              # S608
x = sys.argv[0]
n = len(sys.argv)

sql("SELECT * FROM " + x)                                                               # error (pyright) S608
sql("SELECT * FROM users WHERE name = '" + x + "'")                                     # error (pyright) S608
sql(f"SELECT * FROM {x}")                                                               # error (pyright) S608
sql(f"SELECT * FROM users LIMIT {n}")                                                   # error (pyright) S608
sql(f"SELECT * FROM users LIMIT {n:d}")                                                 # error (pyright) S608
sql("SELECT * FROM %s" % x)                                                             # error (pyright) S608
sql("SELECT * FROM {}".format(x))                                                       # error (pyright) S608
sql(f"UPDATE {x} SET done = true").command()                                            # error (pyright) S608
sql(f"INSERT INTO {x} VALUES (1)").command()                                            # error (pyright) S608
sql(f"DELETE FROM {x}").command()                                                       # error (pyright) S608
sql(f"WITH a AS (SELECT 1) SELECT * FROM {x}").rows(int)                                # error (pyright) S608
sql(f"MERGE INTO {x} USING tasks ON true").command()                                    # error (pyright)
sql(f"TRUNCATE {x}").command()                                                          # error (pyright)
sql(f"DROP TABLE {x}").command()                                                        # error (pyright)
sql(f"SET ROLE {x}").command()                                                          # error (pyright)
sql(f"lower({x})").as_(str)                                                             # error (pyright)
sql("SELECT * FROM {t}".replace("{t}", x))                                              # error (pyright)
sql(" ".join(["SELECT * FROM", x]))                                                     # error (pyright)
sql(" UNION ".join(f"SELECT * FROM {each}" for each in NAMES))                          # error (pyright) S608
sql(x)                                                                                  # error (pyright)
sql(str(n))                                                                             # error (pyright)
sql(Path("now.sql").read_text())                                                        # error (pyright)
sql(ADDED)                                                                              # error (pyright)
Script(x)                                                                               # error (pyright)
Script(f"DROP TABLE {x}")                                                               # error (pyright)
Script(f"DELETE FROM {x}")                                                              # error (pyright) S608
Script("SELECT 1", x)                                                                   # error (pyright)
Script(*NAMES)                                                                          # error (pyright)
Script(*Path("now.sql").read_text().split(";"))                                         # error (pyright)
pg.custom(x, encode=str, decode=str)                                                    # error (pyright)
pg.custom(f"bit({n})", encode=str, decode=str)                                          # error (pyright)
pg.custom("bit(3)", encode=str, decode=str, cast=x)                                     # error (pyright)

# What is right, and reported by ruff where it is put together.
sql(trusted("SELECT * FROM " + x))                                                      # S608
sql("SELECT * FROM users " + "ORDER BY id")                                             # S608
sql("SELECT * FROM users "
    "WHERE name = {x}", x=x)
Script(trusted(x), "SELECT 1")


def counted(table: Table, texts: list[str], db: Db) -> None:
    sql(UNSAID)
    sql(Texts.UNSAID)
    sql(Texts.SAID)
    sql({"a": "SELECT 1"}[x])                                                           # error (pyright)
    sql(NAMES[0])                                                                       # error (pyright)
    sql(COUNT)
    sql(LOCAL)
    sql(SAID)
    Script(*texts)                                                                      # error (pyright)
    db.run(Script(texts[0]))                                                            # error (pyright)
    sql(table)                                                                          # error
    trusted(5)                                                                          # error
    trusted(texts)                                                                      # error
    trusted(b"SELECT 1")                                                                # error
    trusted(sql("now()"))                                                               # error
    Script(sql("now()"))                                                                # error
    sql("7").as_(7)                                                                     # error: no type
    sql("7").as_(len)                                                                   # error
    sql("7").as_(pg.bigint)                                                             # error
    sql("7").as_(table)                                                                 # error
    db.all(select(Log.id).where(Log.id == sql("7").as_(UserId)))                        # error: another id
    db.all(sql("7").rows(len))                                                          # error
    db.all(sql("7").rows(LogId(7)))                                                     # error
    db.all(sql("7").rows(LogId)).unwrap()[0].upper()                                    # error
