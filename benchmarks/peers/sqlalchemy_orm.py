"""SQLAlchemy's ORM over psycopg, as its documentation shows: a session per unit of work, `selectinload` for lists.

JSON columns, engine and AUTOCOMMIT for reads as in `sqlalchemy_core`. Tasks are counted in Python, being loaded anyway.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, DateTime, Engine, ForeignKey, Identity, Text, bindparam, insert, inspect, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload

from benchmarks.data.model import NewTicket, Plain
from benchmarks.peers.peer import Base, versions
from benchmarks.peers.sqlalchemy_core import CHUNK, engine_of


class Model(DeclarativeBase):
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True)}


class Ticket(Model):
    __tablename__ = "tickets"

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

    tasks: Mapped[list["Task"]] = relationship(order_by="Task.position")


class Task(Model):
    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    content: Mapped[str]
    done: Mapped[bool]
    position: Mapped[int]
    created_at: Mapped[datetime]


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
# Without render_nulls the ORM leaves out what is None, and rows without the same columns become separate batches.
INSERT = insert(Ticket).execution_options(render_nulls=True)


class SqlalchemyOrm(Base):
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

    def stream(self, count: int) -> Iterator[Ticket]:
        with Session(self.engine) as session:
            yield from session.scalars(CONVERT, {"count": count}, execution_options={"yield_per": CHUNK})

    def own(self, rows: Sequence[NewTicket]) -> Sequence[dict[str, object]]:
        return list(map(insert_values, rows))

    def plain(self, row: object) -> Plain:
        match row:
            case Ticket():
                return {column.name: getattr(row, key) for key, column in ATTRIBUTES.items()}
            case WithTasks(ticket, task_count, done_count):
                tasks = [
                    {"id": task.id, "content": task.content, "done": task.done, "position": task.position}
                    for task in ticket.tasks
                ]
                return {**self.plain(ticket), "tasks": tasks, "task_count": task_count, "done_count": done_count}
            case _:
                raise TypeError(f"not an entity of the benchmarks: {type(row).__name__}")


ATTRIBUTES = {key: inspect(Ticket).columns[key] for key in inspect(Ticket).columns.keys()}  # noqa: SIM118 (no mapping)


def insert_values(row: NewTicket) -> dict[str, object]:
    values = msgspec.structs.asdict(row)
    values["metadata_"] = values.pop("metadata")
    return values
