"""The sets of labels. A Literal is stored as text under a check, an Enum as a PostgreSQL enum.

Text is easier to extend (one check is replaced), an enum is smaller and has an order of its own.
"""

from enum import StrEnum
from typing import Literal, TypeAlias

TicketStatus: TypeAlias = Literal["open", "in_progress", "completed", "archived"]
TicketPriority: TypeAlias = Literal["low", "normal", "high", "urgent"]

TICKET_STATUSES: tuple[TicketStatus, ...] = ("open", "in_progress", "completed", "archived")
TICKET_PRIORITIES: tuple[TicketPriority, ...] = ("low", "normal", "high", "urgent")


class MessageRole(StrEnum):
    """Who wrote a message of a chat."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class QueueItemStatus(StrEnum):
    """Where an item of a queue is: queued, in progress, then one of three ends."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
