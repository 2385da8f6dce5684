"""SQLAlchemy's ORM over psycopg, as its documentation shows: a session per unit of work, `selectinload` for lists.

JSON columns, engine and AUTOCOMMIT for reads as in `sqlalchemy_core`. Tasks are counted in Python, being loaded anyway.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    DateTime,
    Engine,
    ForeignKey,
    Identity,
    Select,
    Text,
    bindparam,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_or_update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, load_only, mapped_column, relationship, selectinload

from benchmarks.data.model import Change, NewTicket, Plain
from benchmarks.peers.by_hand import together
from benchmarks.peers.peer import Base, Method, versions
from benchmarks.peers.sqlalchemy_core import CHUNK, DELETE, engine_of


class Model(DeclarativeBase):
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True)}


class Columns:
    """What two tables have."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    public_id: Mapped[UUID]
    project_id: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str]
    overview: Mapped[str]
    status: Mapped[str]
    priority: Mapped[str]
    position: Mapped[int]
    archived: Mapped[bool]
    assignee: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(JSONB)
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB)  # `metadata` is taken on a declarative class
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Ticket(Columns, Model):
    __tablename__ = "tickets"

    tasks: Mapped[list["Task"]] = relationship(order_by="Task.position")


class Intake(Columns, Model):
    __tablename__ = "intake"


class Task(Model):
    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    content: Mapped[str]
    done: Mapped[bool]
    position: Mapped[int]
    created_at: Mapped[datetime]


class Parent(NamedTuple):
    """A ticket with its tasks, of which the rest was not asked for."""

    ticket: Ticket


class WithTasks(NamedTuple):
    ticket: Ticket
    task_count: int
    done_count: int


SINGLE_FETCH = select(Ticket).where(Ticket.id == bindparam("ticket_id"), Ticket.deleted_at.is_(None))
CONVERT = select(Ticket).where(Ticket.id <= bindparam("count")).order_by(Ticket.id)
COMPLEX_JOIN = (
    select(Ticket)
    .where(Ticket.project_id == bindparam("project_id"), Ticket.deleted_at.is_(None))
    .order_by(Ticket.id)
    .options(selectinload(Ticket.tasks).load_only(Task.content, Task.done, Task.position))
)
NESTED = (
    select(Ticket)
    .where(Ticket.id >= bindparam("first"))
    .order_by(Ticket.id)
    .limit(bindparam("count"))
    .options(load_only(Ticket.title), selectinload(Ticket.tasks).load_only(Task.content, Task.done, Task.position))
)
PREPARED = (
    select(Ticket)
    .where(
        Ticket.id == bindparam("ticket_id"), Ticket.position >= bindparam("least"), Ticket.title != bindparam("other")
    )
    .order_by(Ticket.id)
    .limit(1)
)
# Without render_nulls the ORM leaves out what is None, and rows without the same columns become separate batches.
INSERT = insert(Ticket).execution_options(render_nulls=True)
INSERT_INTAKE = insert(Intake).execution_options(render_nulls=True)
INSERT_RETURNING = INSERT_INTAKE.returning(Intake.id, sort_by_parameter_order=True)
ARRIVING = insert_or_update(Intake).execution_options(render_nulls=True)
UPSERT = ARRIVING.on_conflict_do_update(
    index_elements=[Intake.public_id],
    set_={name: ARRIVING.excluded[name] for name in ("title", "position", "updated_at")},
)


def built(ticket_id: int) -> Select[Ticket]:
    """As a program builds it at run time."""
    return (
        select(Ticket)
        .where(Ticket.id == ticket_id, Ticket.position >= 0, Ticket.title != "none")
        .order_by(Ticket.id)
        .limit(1)
    )


class SqlalchemyOrm(Base):
    absent: Mapping[Method, str] = {
        Method.PIPELINE: "SQLAlchemy has no pipeline mode",
        Method.TASKS: "its asyncio is the same engine behind greenlets, which are not installed: see its threads",
        Method.LOOK_UP: "it looks up where it executes: see `built`",
        Method.COMPILE: "the same as of SQLAlchemy Core",
        Method.WIDE: "a class for each number of columns is not written for it",
    }

    engine: Engine
    reading: Engine

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("sqlalchemy", "psycopg")

    def setup(self, url: str) -> None:
        self.engine = engine_of(url)
        self.reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        self.engine.dispose()

    def single_fetch(self, ticket_id: int) -> Ticket:
        with Session(self.reading) as session:
            return session.scalars(SINGLE_FETCH, {"ticket_id": ticket_id}).one()

    def bulk_insert(self, rows: Sequence[dict[str, object]]) -> None:
        with Session(self.engine) as session, session.begin():
            session.execute(INSERT, rows)

    def complex_join(self, project_id: int) -> list[WithTasks]:
        with Session(self.reading) as session:
            found = session.scalars(COMPLEX_JOIN, {"project_id": project_id})
            return [WithTasks(t, len(t.tasks), sum(task.done for task in t.tasks)) for t in found]

    def convert(self, count: int) -> Sequence[Ticket]:
        with Session(self.reading) as session:
            return session.scalars(CONVERT, {"count": count}).all()

    def built(self, ticket_id: int) -> Ticket:
        with Session(self.reading) as session:
            return session.scalars(built(ticket_id)).one()

    def prepared(self, ticket_id: int) -> Ticket:
        with Session(self.reading) as session:
            return session.scalars(PREPARED, {"ticket_id": ticket_id, "least": 0, "other": "none"}).one()

    def nested(self, first: int, count: int) -> list[Parent]:
        with Session(self.reading) as session:
            return [Parent(ticket) for ticket in session.scalars(NESTED, {"first": first, "count": count})]

    def stream(self, count: int) -> Iterator[Ticket]:
        return self.stream_by(count, CHUNK)

    def stream_by(self, count: int, size: int) -> Iterator[Ticket]:
        with Session(self.engine) as session:
            yield from session.scalars(CONVERT, {"count": count}, execution_options={"yield_per": size})

    def insert(self, rows: Iterable[dict[str, object]]) -> None:
        with Session(self.engine) as session, session.begin():
            session.execute(INSERT_INTAKE, list(rows))

    def insert_returning(self, rows: Sequence[dict[str, object]]) -> Sequence[int]:
        with Session(self.engine) as session, session.begin():
            return session.scalars(INSERT_RETURNING, rows).all()

    def upsert(self, rows: Sequence[dict[str, object]]) -> None:
        with Session(self.engine) as session, session.begin():
            session.execute(UPSERT, rows)

    def own_changes(self, changes: Sequence[Change]) -> Sequence[dict[str, object]]:
        return [msgspec.structs.asdict(change) for change in changes]

    def update(self, changes: Sequence[dict[str, object]]) -> None:
        with Session(self.engine) as session, session.begin():
            session.execute(update(Intake), changes)

    def delete(self, ids: Sequence[int]) -> None:
        with Session(self.engine) as session, session.begin():
            session.execute(DELETE, {"ids": ids})

    def transaction(self, ids: Sequence[int]) -> list[Ticket]:
        with Session(self.engine) as session, session.begin():
            session.expire_on_commit = False
            return [session.scalars(SINGLE_FETCH, {"ticket_id": ticket_id}).one() for ticket_id in ids]

    def threads(self, count: int, ids: Sequence[int]) -> list[Ticket]:
        def run(first: int) -> list[Ticket]:
            return [self.single_fetch(ticket_id) for ticket_id in ids[first::count]]

        with ThreadPoolExecutor(count) as threads:
            parts = list(threads.map(run, range(count)))
        return together(parts, len(ids))

    def own(self, rows: Sequence[NewTicket]) -> Sequence[dict[str, object]]:
        return list(map(insert_values, rows))

    def plain(self, row: object) -> Plain:
        match row:
            case Ticket():
                return {column.name: getattr(row, key) for key, column in ATTRIBUTES.items()}
            case Parent(ticket):
                return {"id": ticket.id, "title": ticket.title, "tasks": list(map(item, ticket.tasks))}
            case WithTasks(ticket, task_count, done_count):
                tasks = list(map(item, ticket.tasks))
                return {**self.plain(ticket), "tasks": tasks, "task_count": task_count, "done_count": done_count}
            case _:
                raise TypeError(f"not an entity of the benchmarks: {type(row).__name__}")


def item(task: Task) -> Plain:
    return {"id": task.id, "content": task.content, "done": task.done, "position": task.position}


ATTRIBUTES = {key: inspect(Ticket).columns[key] for key in inspect(Ticket).columns.keys()}  # noqa: SIM118 (no mapping)


def insert_values(row: NewTicket) -> dict[str, object]:
    values = msgspec.structs.asdict(row)
    values["metadata_"] = values.pop("metadata")
    return values
