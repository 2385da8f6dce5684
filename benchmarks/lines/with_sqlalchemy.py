"""With SQLAlchemy's ORM, in the style of its 2.0."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Dialect,
    ForeignKey,
    Identity,
    Index,
    Text,
    TypeDecorator,
    create_engine,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship

from benchmarks.lines.storage import Refused
from promptliano.documents import TicketMetadata
from promptliano.ids import ProjectId, QueueItemId, TaskId, TicketId
from promptliano.labels import TICKET_PRIORITIES, TICKET_STATUSES, TicketPriority, TicketStatus

T = TypeVar("T")

# ------------------------------------------------------------------------------------------------------------- tables


class Base(DeclarativeBase):
    pass


class Document(TypeDecorator[Any]):
    impl = JSONB
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return msgspec.to_builtins(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return msgspec.convert(value, self.kind)


def one_of(column: str, labels: Sequence[str]) -> CheckConstraint:
    listed = ", ".join(f"'{label}'" for label in labels)
    return CheckConstraint(f"{column} IN ({listed})")


class Project(Base):
    __tablename__ = "projects"

    id: Mapped[ProjectId] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(Text)


class Ticket(Base):
    __tablename__ = "tickets"

    id: Mapped[TicketId] = mapped_column(BigInteger, Identity(), primary_key=True)
    project_id: Mapped[ProjectId] = mapped_column(BigInteger, ForeignKey("projects.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(Text)
    overview: Mapped[str] = mapped_column(Text, server_default="")
    status: Mapped[TicketStatus] = mapped_column(Text, server_default="open")
    priority: Mapped[TicketPriority] = mapped_column(Text, server_default="normal")
    tags: Mapped[list[str]] = mapped_column(Document(list[str]), server_default=text("'[]'"))
    # `metadata` is taken by the declarative base.
    metadata_: Mapped[TicketMetadata] = mapped_column("metadata", Document(TicketMetadata), server_default=text("'{}'"))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), onupdate=func.clock_timestamp())
    deleted_at: Mapped[dt.datetime | None]
    tasks: Mapped[list["Task"]] = relationship(order_by="Task.position, Task.id")

    __table_args__ = (
        CheckConstraint("length(trim(title)) > 0"),
        one_of("status", TICKET_STATUSES),
        one_of("priority", TICKET_PRIORITIES),
        Index("idx_tickets_project", "project_id", text("created_at DESC"), text("id DESC")),
        Index("idx_tickets_status", "status"),
    )


class Task(Base):
    __tablename__ = "tasks"

    id: Mapped[TaskId] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[TicketId] = mapped_column(BigInteger, ForeignKey("tickets.id", ondelete="CASCADE"))
    content: Mapped[str] = mapped_column(Text)
    done: Mapped[bool] = mapped_column(server_default="false")
    position: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (Index("idx_tasks_ticket", "ticket_id", "position"),)


class QueueItem(Base):
    __tablename__ = "queue_items"

    id: Mapped[QueueItemId] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[TicketId] = mapped_column(BigInteger, ForeignKey("tickets.id", ondelete="CASCADE"), unique=True)
    priority: Mapped[int] = mapped_column(server_default="5")
    worker: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("idx_queue_next", "worker", text("priority DESC"), "id"),)


class TicketWithTasks(msgspec.Struct, frozen=True):
    ticket: Ticket
    tasks: list[Task]
    task_count: int
    done_count: int


# -------------------------------------------------------------------------------------------- what a body is read as


class NewTicket(msgspec.Struct, forbid_unknown_fields=True):
    project_id: ProjectId
    title: str
    overview: str | UnsetType = UNSET
    status: TicketStatus | UnsetType = UNSET
    priority: TicketPriority | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    metadata: TicketMetadata | UnsetType = UNSET


class TicketChanges(msgspec.Struct, forbid_unknown_fields=True):
    project_id: ProjectId | UnsetType = UNSET
    title: str | UnsetType = UNSET
    overview: str | UnsetType = UNSET
    status: TicketStatus | UnsetType = UNSET
    priority: TicketPriority | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    metadata: TicketMetadata | UnsetType = UNSET


def decoded(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Refused from error


def given(body: NewTicket | TicketChanges) -> dict[str, Any]:
    fields = {name: getattr(body, name) for name in body.__struct_fields__}
    set_ = {name: value for name, value in fields.items() if value is not UNSET}
    return {"metadata_" if name == "metadata" else name: value for name, value in set_.items()}


def containing(typed: str) -> str:
    escaped = typed.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


# --------------------------------------------------------------------------------------------------------- operations


class Storage:
    def __init__(self, url: str) -> None:
        self.engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))

    def close(self) -> None:
        self.engine.dispose()

    def session(self) -> Session:
        return Session(self.engine, expire_on_commit=False)

    def create_tables(self) -> None:
        Base.metadata.create_all(self.engine)

    def create_project(self, name: str) -> ProjectId:
        with self.session() as session, session.begin():
            project = Project(name=name)
            session.add(project)
            session.flush()
            return project.id

    def create_ticket(self, body: bytes) -> Ticket:
        with self.session() as session, session.begin():
            return self._create(session, body)

    def _create(self, session: Session, body: bytes) -> Ticket:
        ticket = Ticket(**given(decoded(body, NewTicket)))
        session.add(ticket)
        session.flush()
        session.refresh(ticket)
        return ticket

    def ticket(self, id: int) -> Ticket | None:
        with self.session() as session:
            return session.scalar(select(Ticket).where(Ticket.id == id, Ticket.deleted_at.is_(None)))

    def tickets_of(self, project: int, status: TicketStatus | None, limit: int, offset: int) -> Sequence[Ticket]:
        query = select(Ticket).where(Ticket.project_id == project, Ticket.deleted_at.is_(None))
        if status is not None:
            query = query.where(Ticket.status == status)
        query = query.order_by(Ticket.created_at.desc(), Ticket.id.desc()).limit(limit).offset(offset)
        with self.session() as session:
            return session.scalars(query).all()

    def search(self, project: int, text: str) -> Sequence[Ticket]:
        pattern = containing(text)
        found = or_(Ticket.title.ilike(pattern), Ticket.overview.ilike(pattern))
        query = select(Ticket).where(Ticket.project_id == project, Ticket.deleted_at.is_(None), found)
        with self.session() as session:
            return session.scalars(query.order_by(Ticket.id)).all()

    def change(self, id: int, body: bytes) -> Ticket | None:
        changes = given(decoded(body, TicketChanges))
        with self.session() as session, session.begin():
            ticket = session.scalar(select(Ticket).where(Ticket.id == id, Ticket.deleted_at.is_(None)))
            if ticket is not None:
                for name, value in changes.items():
                    setattr(ticket, name, value)
                session.flush()
                session.refresh(ticket)
            return ticket

    def delete(self, id: int) -> bool:
        deleted = update(Ticket).where(Ticket.id == id, Ticket.deleted_at.is_(None)).values(deleted_at=func.now())
        with self.session() as session, session.begin():
            return session.scalar(deleted.returning(Ticket.id)) is not None

    def restore(self, id: int) -> bool:
        restored = update(Ticket).where(Ticket.id == id, Ticket.deleted_at.is_not(None)).values(deleted_at=None)
        with self.session() as session, session.begin():
            return session.scalar(restored.returning(Ticket.id)) is not None

    def create_tasks(self, ticket: int, contents: Sequence[str]) -> Sequence[TaskId]:
        with self.session() as session, session.begin():
            return self._create_tasks(session, ticket, contents)

    def _create_tasks(self, session: Session, ticket: int, contents: Sequence[str]) -> Sequence[TaskId]:
        if not contents:
            return []
        rows = [{"ticket_id": ticket, "content": content, "position": n} for n, content in enumerate(contents)]
        return session.scalars(insert(Task).returning(Task.id, sort_by_parameter_order=True), rows).all()

    def set_done(self, tasks: Sequence[int]) -> int:
        with self.session() as session, session.begin():
            done = update(Task).where(Task.id.in_(tasks)).values(done=True).returning(Task.id)
            return len(session.scalars(done).all())

    def with_tasks(self, id: int) -> TicketWithTasks | None:
        with self.session() as session:
            return self._with_tasks(session, id)

    def _with_tasks(self, session: Session, id: int) -> TicketWithTasks | None:
        query = select(Ticket).where(Ticket.id == id, Ticket.deleted_at.is_(None)).options(joinedload(Ticket.tasks))
        ticket = session.scalars(query.execution_options(populate_existing=True)).unique().one_or_none()
        if ticket is None:
            return None
        return TicketWithTasks(ticket, ticket.tasks, len(ticket.tasks), sum(task.done for task in ticket.tasks))

    def create_with_tasks(self, body: bytes, contents: Sequence[str]) -> TicketWithTasks:
        with self.session() as session, session.begin():
            made = self._create(session, body)
            self._create_tasks(session, made.id, contents)
            whole = self._with_tasks(session, made.id)
            assert whole is not None
            return whole

    def totals(self, project: int) -> Sequence[tuple[TicketStatus, int]]:
        query = select(Ticket.status, func.count()).where(Ticket.project_id == project, Ticket.deleted_at.is_(None))
        with self.session() as session:
            return [(row[0], row[1]) for row in session.execute(query.group_by(Ticket.status).order_by(Ticket.status))]

    def enqueue(self, ticket: int, priority: int) -> bool:
        try:
            with self.session() as session, session.begin():
                session.add(QueueItem(ticket_id=TicketId(ticket), priority=priority))
        except IntegrityError as error:
            if getattr(error.orig, "sqlstate", None) != "23505":
                raise
            return False
        return True

    def claim(self, worker: str) -> TicketId | None:
        free = select(QueueItem.id).where(QueueItem.worker.is_(None))
        free = free.order_by(QueueItem.priority.desc(), QueueItem.id).limit(1).with_for_update(skip_locked=True)
        claimed = update(QueueItem).where(QueueItem.id == free.scalar_subquery()).values(worker=worker)
        with self.session() as session, session.begin():
            return session.scalar(claimed.returning(QueueItem.ticket_id))
