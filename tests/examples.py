"""What the examples in docstrings stand on: two tables with a few rows, and `db`, the database that holds them."""

import msgspec

import qb
import qb.databases
from qb import Col, Database, Table, column, create_all, identity, insert, new, pg, references, schema
from qb.databases import PlainAddress


class Settings(msgspec.Struct, frozen=True):
    theme: str = "light"
    labels: list[str] = []


class User(Table, name="users"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column(pg.varchar(80), unique=True)
    nickname: Col[str | None] = column(default=None)
    settings: Col[Settings] = column(default=Settings())


class Task(Table, name="tasks"):
    id: Col[int] = column(primary_key=True, default=identity())
    user_id: Col[int] = column(references=references(User.id, on_delete="cascade"))
    title: Col[str] = column()
    hours: Col[int | None] = column(default=None, check=lambda hours: hours > 0)
    done: Col[bool] = column(default=False)


@qb.prepare
def nicknames(user_id: int) -> qb.Select[str | None]:
    """Of each user the nickname: what stands for the address of a database."""
    return qb.select(User.nickname).where(User.id == user_id)


def nowhere(_: str | None) -> PlainAddress:
    """An address where nobody listens."""
    return PlainAddress("postgresql://127.0.0.1:1/nowhere")


NAMES = (
    {name: getattr(qb, name) for name in qb.__all__}
    | {name: getattr(qb.typing, name) for name in qb.typing.__all__}
    | {name: getattr(qb.databases, name) for name in qb.databases.__all__}
    | {"qb": qb, "User": User, "Task": Task, "Settings": Settings}
    | {"nicknames": nicknames, "nowhere": nowhere}
)
"""What an example may use without an import."""


def create(db: Database) -> None:
    """Make the tables."""
    db.run(create_all(schema(User, Task))).unwrap()


def fill(db: Database) -> None:
    """The rows that every docstring begins with, whatever the one before it did."""
    db.execute(qb.sql("TRUNCATE {u}, {t} RESTART IDENTITY CASCADE", u=User, t=Task).command()).unwrap()
    ada = new(User)(name="Ada", settings=Settings("dark", ["admin"]))
    db.execute(insert(ada, new(User)(name="Grace", nickname="Amazing"))).unwrap()
    work = [("write", 1, 5, True), ("test", 1, 3, False), ("ship", 2, None, False)]
    tasks = [new(Task)(title=title, user_id=user, hours=hours, done=done) for title, user, hours, done in work]
    db.execute(insert(*tasks)).unwrap()
