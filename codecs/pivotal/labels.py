"""The sets of labels, each an enum of PostgreSQL's."""

from enum import StrEnum


class ProjectStatus(StrEnum):
    """How far a project is."""

    PLANNED = "planned"
    ACTIVE = "active"
    ON_HOLD = "on_hold"
    DONE = "done"


class QuoteStatus(StrEnum):
    """From a draft to an answer. Lines change in a draft alone."""

    DRAFT = "draft"
    PENDING = "pending"
    APPROVED = "approved"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ApprovalStatus(StrEnum):
    """What was decided."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class InvoiceStatus(StrEnum):
    """What became of an invoice."""

    DRAFT = "draft"
    SENT = "sent"
    PAID = "paid"
    VOID = "void"


class Unit(StrEnum):
    """What a quantity counts."""

    HOUR = "hour"
    DAY = "day"
    PIECE = "piece"
    MONTH = "month"


class AuditAction(StrEnum):
    """What was done to a row."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
