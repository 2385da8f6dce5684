"""Tortoise ORM over asyncpg with its accelerators, uvloop and orjson: model instances, prefetched lists."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from benchmarks.data.model import Change, NewTicket, Plain
from benchmarks.peers.mapper import (
    BLOCK,
    CONNECTIONS,
    Parent,
    WithTasks,
    address,
    by_tasks,
    new_values,
    plain_of,
    untyped,
)
from benchmarks.peers.peer import Base, Method, versions

tortoise = untyped("tortoise")
fields = untyped("tortoise.fields")
expressions = untyped("tortoise.expressions")
transactions = untyped("tortoise.transactions")
untyped("orjson")  # which it takes where it is there

Declared: Any = tortoise.Model
WHOLE = "it has no streams: `async for` fetches the whole result first"


class Columns(Declared):
    id = fields.BigIntField(primary_key=True)
    public_id = fields.UUIDField()
    project_id = fields.BigIntField()
    title = fields.TextField()
    overview = fields.TextField()
    status = fields.TextField()
    priority = fields.TextField()
    position = fields.IntField()
    archived = fields.BooleanField()
    assignee = fields.TextField(null=True)
    tags = fields.JSONField()
    metadata = fields.JSONField()
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    deleted_at = fields.DatetimeField(null=True)

    class Meta:
        abstract = True


class Ticket(Columns):
    tasks: Any

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        table = "tickets"


class Intake(Columns):
    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        table = "intake"


class Task(Declared):
    id = fields.BigIntField(primary_key=True)
    ticket = fields.ForeignKeyField("benchmarks.Ticket", related_name="tasks", source_field="ticket_id")
    content = fields.TextField()
    done = fields.BooleanField()
    position = fields.IntField()

    class Meta:
        table = "tasks"


def built(ticket_id: int) -> Any:
    return (
        Ticket.filter(expressions.Q(id=ticket_id) & expressions.Q(position__gte=0) & ~expressions.Q(title="none"))
        .order_by("id")
        .limit(1)
    )


def with_tasks(found: Any) -> Any:
    listed = Task.all().order_by("position").only("id", "ticket_id", "content", "done", "position")
    return found.prefetch_related(tortoise.query_utils.Prefetch("tasks", queryset=listed))


class Tortoise(Base):
    loop = "uvloop"
    absent: Mapping[Method, str] = {
        Method.PREPARED: "Tortoise builds a query's SQL anew for each of its values",
        Method.STREAM: WHOLE,
        Method.STREAM_BY: WHOLE,
        Method.PIPELINE: "Tortoise has no pipeline mode",
        Method.THREADS: "it is asynchronous: see its tasks",
        Method.COMPILE: "its joins follow relations, each once and under a name of Tortoise's own",
        Method.INSERT_RETURNING: "its `bulk_create` gives no keys back",
    }

    @property
    def versions(self) -> Mapping[str, str]:
        return versions("tortoise-orm", "asyncpg", "orjson", "uvloop")

    async def setup(self, url: str) -> None:
        parts = address(url)
        parts["database"] = parts.pop("dbname")
        credentials = {**parts, "minsize": CONNECTIONS, "maxsize": CONNECTIONS}
        if "port" in parts:
            credentials["port"] = int(parts["port"])
        await tortoise.Tortoise.init(
            config={
                "connections": {"default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}},
                "apps": {"benchmarks": {"models": [__name__]}},
                "use_tz": True,
            }
        )

    async def close(self) -> None:
        await tortoise.Tortoise.close_connections()

    async def single_fetch(self, ticket_id: int) -> Any:
        return await Ticket.get(id=ticket_id, deleted_at=None)

    async def built(self, ticket_id: int) -> Any:
        (row,) = await built(ticket_id)
        return row

    async def look_up(self, ticket_id: int) -> str:
        sql: str = built(ticket_id).sql(params_inline=False)
        return sql

    async def convert(self, count: int) -> Sequence[Any]:
        found: Sequence[Any] = await Ticket.filter(id__lte=count).order_by("id")
        return found

    async def complex_join(self, project_id: int) -> list[WithTasks]:
        found = Ticket.filter(project_id=project_id, deleted_at=None).order_by("id")
        return [WithTasks(ticket, list(ticket.tasks)) for ticket in await with_tasks(found)]

    async def nested(self, first: int, count: int) -> list[Parent]:
        found = Ticket.filter(id__gte=first).order_by("id").limit(count).only("id", "title")
        return [Parent(ticket, list(ticket.tasks)) for ticket in await with_tasks(found)]

    async def bulk_insert(self, rows: Sequence[Any]) -> None:
        await Ticket.bulk_create(rows)

    async def insert(self, rows: Iterable[Any]) -> None:
        await Intake.bulk_create(list(rows))

    async def upsert(self, rows: Sequence[Any]) -> None:
        await Intake.bulk_create(rows, on_conflict=["public_id"], update_fields=["title", "position", "updated_at"])

    def own_changes(self, changes: Sequence[Change]) -> Sequence[Any]:
        return [Intake.construct(**msgspec.structs.asdict(change)) for change in changes]

    async def update(self, changes: Sequence[Any]) -> None:
        async with transactions.in_transaction():
            await Intake.bulk_update(changes, ["title", "position"], batch_size=BLOCK)

    async def delete(self, ids: Sequence[int]) -> None:
        await Intake.filter(id__in=ids).delete()

    async def transaction(self, ids: Sequence[int]) -> list[Any]:
        async with transactions.in_transaction():
            return [await self.single_fetch(ticket_id) for ticket_id in ids]

    async def tasks(self, count: int, ids: Sequence[int]) -> list[Any]:
        return await by_tasks(self.single_fetch, count, ids)

    def own(self, rows: Sequence[NewTicket]) -> Sequence[Any]:
        """For both tables: it reads attributes, whatever class has them."""
        return [Intake(**new_values(row)) for row in rows]

    def plain(self, row: object) -> Plain:
        return plain_of(row)
