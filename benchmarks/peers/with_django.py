"""Django's ORM over psycopg 3, without a project: model instances, a connection that stays, its pool for threads."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from benchmarks.data.model import Change, NewTicket, Plain
from benchmarks.peers.mapper import (
    BLOCK,
    CHUNK,
    CONNECTIONS,
    Parent,
    WithTasks,
    address,
    by_threads,
    new_values,
    numbered,
    plain_of,
    untyped,
)
from benchmarks.peers.peer import Base, Method, versions

django = untyped("django")
db = untyped("django.db")
models = untyped("django.db.models")
settings = untyped("django.conf").settings

POOLED = "pooled"
NO_ALIASES = "its joins follow relations, each once and under a name of Django's own"


class Django(Base):
    absent: Mapping[Method, str] = {
        Method.PREPARED: "Django builds a query's SQL anew for each of its values",
        Method.PIPELINE: "Django has no pipeline mode",
        Method.TASKS: "its asynchronous methods run the same code in threads: see its threads",
        Method.COMPILE: NO_ALIASES,
    }

    tickets: Any
    intake: Any
    children: Any
    new: Any

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("django", "psycopg", "psycopg-pool")

    def setup(self, url: str) -> None:
        parts = address(url)
        one = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.get("dbname", ""),
            "HOST": parts.get("host", ""),
            "PORT": parts.get("port", ""),
            "USER": parts.get("user", ""),
            "PASSWORD": parts.get("password", ""),
            "CONN_MAX_AGE": None,
        }
        # Without binding on the server psycopg prepares nothing.
        options = {"server_side_binding": True, "prepare_threshold": 5}
        pool = {"min_size": CONNECTIONS, "max_size": CONNECTIONS, "timeout": 60}
        settings.configure(
            DATABASES={
                "default": {**one, "OPTIONS": options},
                POOLED: {**one, "CONN_MAX_AGE": 0, "OPTIONS": {**options, "pool": pool}},
            },
            USE_TZ=True,
        )
        django.setup()
        declared = untyped("benchmarks.peers.django_models")
        self.tickets, self.intake, self.children = (
            declared.Ticket.objects,
            declared.Intake.objects,
            declared.Task.objects,
        )
        self.new = declared.Intake

    def close(self) -> None:
        db.connections.close_all()
        db.connections[POOLED].close_pool()

    def single_fetch(self, ticket_id: int) -> Any:
        return self.tickets.get(id=ticket_id, deleted_at=None)

    def query(self, ticket_id: int) -> Any:
        return self.tickets.filter(~models.Q(title="none"), id=ticket_id, position__gte=0).order_by("id")[:1]

    def built(self, ticket_id: int) -> Any:
        return self.query(ticket_id)[0]

    def look_up(self, ticket_id: int) -> str:
        return numbered(self.query(ticket_id).query.sql_with_params()[0])

    def convert(self, count: int) -> list[Any]:
        return list(self.tickets.filter(id__lte=count).order_by("id"))

    def stream(self, count: int) -> Iterator[Any]:
        return self.stream_by(count, CHUNK)

    def stream_by(self, count: int, size: int) -> Iterator[Any]:
        # In a transaction: outside of one the server's cursor is one WITH HOLD, which stores the whole result first.
        with db.transaction.atomic():
            yield from self.tickets.filter(id__lte=count).order_by("id").iterator(chunk_size=size)

    def with_tasks(self, tickets: Any) -> Any:
        tasks = self.children.only("ticket", "content", "done", "position").order_by("position")
        return tickets.prefetch_related(models.Prefetch("tasks", tasks, to_attr="listed"))

    def complex_join(self, project_id: int) -> list[WithTasks]:
        tickets = self.tickets.filter(project_id=project_id, deleted_at=None).order_by("id")
        return [WithTasks(ticket, ticket.listed) for ticket in self.with_tasks(tickets)]

    def nested(self, first: int, count: int) -> list[Parent]:
        tickets = self.tickets.filter(id__gte=first).only("id", "title").order_by("id")[:count]
        return [Parent(ticket, ticket.listed) for ticket in self.with_tasks(tickets)]

    def bulk_insert(self, rows: Sequence[Any]) -> None:
        self.tickets.bulk_create(rows, batch_size=BLOCK)

    def insert(self, rows: Iterable[Any]) -> None:
        self.intake.bulk_create(rows, batch_size=BLOCK)

    def insert_returning(self, rows: Sequence[Any]) -> list[int]:
        return [row.id for row in self.intake.bulk_create(rows, batch_size=BLOCK)]

    def upsert(self, rows: Sequence[Any]) -> None:
        self.intake.bulk_create(
            rows,
            batch_size=BLOCK,
            update_conflicts=True,
            unique_fields=["public_id"],
            update_fields=["title", "position", "updated_at"],
        )

    def own_changes(self, changes: Sequence[Change]) -> Sequence[Any]:
        return [self.new(**msgspec.structs.asdict(change)) for change in changes]

    def update(self, changes: Sequence[Any]) -> None:
        self.intake.bulk_update(changes, ["title", "position"], batch_size=BLOCK)

    def delete(self, ids: Sequence[int]) -> None:
        self.intake.filter(id__in=ids).delete()

    def transaction(self, ids: Sequence[int]) -> list[Any]:
        with db.transaction.atomic():
            return list(map(self.single_fetch, ids))

    def threads(self, count: int, ids: Sequence[int]) -> list[Any]:
        def fetch(ticket_id: int) -> Any:
            try:
                return self.tickets.using(POOLED).get(id=ticket_id, deleted_at=None)
            finally:
                db.connections[POOLED].close()  # gives it back to the pool, as the end of a request does

        return by_threads(fetch, count, ids)

    def own(self, rows: Sequence[NewTicket]) -> Sequence[Any]:
        """For both tables: Django reads attributes, whatever class has them."""
        return [self.new(**new_values(row)) for row in rows]

    def plain(self, row: object) -> Plain:
        return plain_of(row)
