"""SQLModel over psycopg, as its documentation shows: a session per unit of work, `exec`, `selectinload` for lists.

It is SQLAlchemy's ORM with Pydantic's classes as rows: engine, JSON and AUTOCOMMIT for reads as in `sqlalchemy_core`.
What SQLModel has no form of its own for is done as its documentation says, by SQLAlchemy's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, DateTime, Engine, bindparam, insert, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from benchmarks.data.model import Change, NewTicket, Plain
from benchmarks.peers.mapper import CHUNK, Parent, WithTasks, by_threads, plain_of, untyped
from benchmarks.peers.peer import Base, Method, versions
from benchmarks.peers.sqlalchemy_core import engine_of

sqlmodel = untyped("sqlmodel")
orm = untyped("sqlalchemy.orm")  # of SQLModel's classes it knows as little as a checker

Field, Relationship, Session, col, select = (
    sqlmodel.Field, sqlmodel.Relationship, sqlmodel.Session, sqlmodel.col, sqlmodel.select,
)  # fmt: skip
Declared: Any = sqlmodel.SQLModel


class Columns(Declared):
    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    public_id: UUID
    project_id: int = Field(sa_type=BigInteger)
    title: str
    overview: str
    status: str
    priority: str
    position: int
    archived: bool
    assignee: str | None = None
    tags: list[str] = Field(sa_type=JSONB)
    metadata_: dict[str, Any] = Field(sa_type=JSONB, sa_column_kwargs={"name": "metadata"})  # that name is taken
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))
    deleted_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class Ticket(Columns, table=True):  # type: ignore[call-arg]  # pyright: ignore[reportGeneralTypeIssues, reportCallIssue]
    __tablename__ = "tickets"

    tasks: list["Task"] = Relationship(sa_relationship_kwargs={"order_by": "Task.position"})


class Intake(Columns, table=True):  # type: ignore[call-arg]  # pyright: ignore[reportGeneralTypeIssues, reportCallIssue]
    __tablename__ = "intake"


class Task(Declared, table=True):  # type: ignore[call-arg]  # pyright: ignore[reportGeneralTypeIssues, reportCallIssue]
    __tablename__ = "tasks"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    ticket_id: int = Field(foreign_key="tickets.id", sa_type=BigInteger)
    content: str
    done: bool
    position: int


tickets: Any = Ticket  # its attributes are columns, whatever their annotations say
intake: Any = Intake
tasks: Any = Task

SINGLE_FETCH = select(tickets).where(tickets.id == bindparam("ticket_id"), tickets.deleted_at.is_(None))
CONVERT = select(tickets).where(tickets.id <= bindparam("count")).order_by(tickets.id)
LISTED = orm.selectinload(tickets.tasks).load_only(tasks.content, tasks.done, tasks.position)
COMPLEX_JOIN = (
    select(tickets)
    .where(tickets.project_id == bindparam("project_id"), tickets.deleted_at.is_(None))
    .order_by(tickets.id)
    .options(LISTED)
)
NESTED = (
    select(tickets)
    .where(tickets.id >= bindparam("first"))
    .order_by(tickets.id)
    .limit(bindparam("count"))
    .options(orm.load_only(tickets.title), LISTED)
)
PREPARED = (
    select(tickets)
    .where(
        tickets.id == bindparam("ticket_id"),
        tickets.position >= bindparam("least"),
        tickets.title != bindparam("other"),
    )
    .order_by(tickets.id)
    .limit(1)
)
# Without render_nulls the ORM leaves out what is None, and rows without the same columns become separate batches.
INSERT = insert(tickets).execution_options(render_nulls=True)
INSERT_INTAKE = insert(intake).execution_options(render_nulls=True)
INSERT_RETURNING = INSERT_INTAKE.returning(intake.id, sort_by_parameter_order=True)
ARRIVING = insert_or_update(intake).execution_options(render_nulls=True)
UPSERT = ARRIVING.on_conflict_do_update(
    index_elements=[intake.public_id],
    set_={name: ARRIVING.excluded[name] for name in ("title", "position", "updated_at")},
)
DELETE = sqlmodel.delete(intake).where(intake.id == sqlmodel.any_(bindparam("ids")))


def built(ticket_id: int) -> Any:
    """As a program builds it at run time."""
    return (
        select(tickets)
        .where(tickets.id == ticket_id, tickets.position >= 0, tickets.title != "none")
        .order_by(tickets.id)
        .limit(1)
    )


class Sqlmodel(Base):
    absent: Mapping[Method, str] = {
        Method.PIPELINE: "SQLAlchemy, on which it stands, has no pipeline mode",
        Method.TASKS: "its asyncio is SQLAlchemy's, the same engine behind greenlets: see its threads",
        Method.LOOK_UP: "it looks up where it executes: see `built`",
        Method.COMPILE: "the same as of SQLAlchemy Core",
    }

    engine: Engine
    reading: Engine

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("sqlmodel", "sqlalchemy", "pydantic", "psycopg")

    def setup(self, url: str) -> None:
        self.engine = engine_of(url)
        self.reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        self.engine.dispose()

    def single_fetch(self, ticket_id: int) -> Any:
        with Session(self.reading) as session:
            return session.exec(SINGLE_FETCH, params={"ticket_id": ticket_id}).one()

    def built(self, ticket_id: int) -> Any:
        with Session(self.reading) as session:
            return session.exec(built(ticket_id)).one()

    def prepared(self, ticket_id: int) -> Any:
        with Session(self.reading) as session:
            return session.exec(PREPARED, params={"ticket_id": ticket_id, "least": 0, "other": "none"}).one()

    def convert(self, count: int) -> Sequence[Any]:
        with Session(self.reading) as session:
            found: Sequence[Any] = session.exec(CONVERT, params={"count": count}).all()
            return found

    def stream(self, count: int) -> Iterator[Any]:
        return self.stream_by(count, CHUNK)

    def stream_by(self, count: int, size: int) -> Iterator[Any]:
        with Session(self.engine) as session:
            yield from session.exec(CONVERT, params={"count": count}, execution_options={"yield_per": size})

    def complex_join(self, project_id: int) -> list[WithTasks]:
        with Session(self.reading) as session:
            found = session.exec(COMPLEX_JOIN, params={"project_id": project_id})
            return [WithTasks(ticket, ticket.tasks) for ticket in found]

    def nested(self, first: int, count: int) -> list[Parent]:
        with Session(self.reading) as session:
            found = session.exec(NESTED, params={"first": first, "count": count})
            return [Parent(ticket, ticket.tasks) for ticket in found]

    def bulk_insert(self, rows: Sequence[dict[str, Any]]) -> None:
        with Session(self.engine) as session, session.begin():
            session.exec(INSERT, params=rows)

    def insert(self, rows: Iterable[dict[str, Any]]) -> None:
        with Session(self.engine) as session, session.begin():
            session.exec(INSERT_INTAKE, params=list(rows))

    def insert_returning(self, rows: Sequence[dict[str, Any]]) -> Sequence[int]:
        with Session(self.engine) as session, session.begin():
            found: Sequence[int] = session.exec(INSERT_RETURNING, params=rows).scalars().all()
            return found

    def upsert(self, rows: Sequence[dict[str, Any]]) -> None:
        with Session(self.engine) as session, session.begin():
            session.exec(UPSERT, params=rows)

    def own_changes(self, changes: Sequence[Change]) -> Sequence[dict[str, Any]]:
        return list(map(msgspec.structs.asdict, changes))

    def update(self, changes: Sequence[dict[str, Any]]) -> None:
        with Session(self.engine) as session, session.begin():
            session.exec(update(intake), params=changes)

    def delete(self, ids: Sequence[int]) -> None:
        with Session(self.engine) as session, session.begin():
            session.exec(DELETE, params={"ids": ids})

    def transaction(self, ids: Sequence[int]) -> list[Any]:
        with Session(self.engine) as session, session.begin():
            session.expire_on_commit = False
            return [session.exec(SINGLE_FETCH, params={"ticket_id": ticket_id}).one() for ticket_id in ids]

    def threads(self, count: int, ids: Sequence[int]) -> list[Any]:
        return by_threads(self.single_fetch, count, ids)

    def own(self, rows: Sequence[NewTicket]) -> Sequence[dict[str, Any]]:
        return list(map(new_row, rows))

    def plain(self, row: object) -> Plain:
        if isinstance(row, Parent):
            return plain_of(row)
        ticket: Any = row.ticket if isinstance(row, WithTasks) else row
        return {**plain_of(row), "metadata": ticket.metadata_}


def new_row(row: NewTicket) -> dict[str, Any]:
    values = msgspec.structs.asdict(row)
    values["metadata_"] = values.pop("metadata")
    return values
