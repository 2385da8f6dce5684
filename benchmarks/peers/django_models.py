"""Django's models, which can be declared only after its settings are made: see `with_django`."""

from typing import Any

from benchmarks.peers.mapper import untyped

models = untyped("django.db.models")
Model: Any = models.Model


class Columns(Model):
    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField()
    project_id = models.BigIntegerField()
    title = models.TextField()
    overview = models.TextField()
    status = models.TextField()
    priority = models.TextField()
    position = models.IntegerField()
    archived = models.BooleanField()
    assignee = models.TextField(null=True)
    tags = models.JSONField()
    metadata = models.JSONField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Ticket(Columns):
    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        app_label = "benchmarks"
        managed = False
        db_table = "tickets"


class Intake(Columns):
    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        app_label = "benchmarks"
        managed = False
        db_table = "intake"


class Task(Model):
    id = models.BigAutoField(primary_key=True)
    ticket = models.ForeignKey(Ticket, models.DO_NOTHING, related_name="tasks", db_column="ticket_id")
    content = models.TextField()
    done = models.BooleanField()
    position = models.IntegerField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "tasks"
