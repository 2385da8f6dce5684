"""What programs send and are sent, as JSON Schema: rows, new rows, changes, and the documents within them.

`components()` are the `components.schemas` of an OpenAPI 3.1 document. Nothing of it is written by hand.
"""

from promptliano import documents
from qb import New, Patch, openapi_components
from tables.promptliano import shapes
from tables.promptliano.chats import Chat, ChatMessage
from tables.promptliano.files import File, SelectedFile
from tables.promptliano.projects import Project
from tables.promptliano.prompts import Agent, Prompt
from tables.promptliano.queues import Queue, QueueItem
from tables.promptliano.settings import Setting, UserPreferences
from tables.promptliano.tickets import Task, Ticket

ROWS: tuple[type[object], ...] = (
    Project, Ticket, Task, Chat, ChatMessage, File, SelectedFile, Prompt, Agent, Queue, QueueItem, UserPreferences,
    Setting,
)  # fmt: skip

BODIES: tuple[type[object], ...] = (
    *(New[Project], New[Ticket], New[Task], New[Chat], New[ChatMessage], New[File], New[SelectedFile], New[Prompt]),
    *(New[Agent], New[Queue], New[QueueItem], New[UserPreferences], New[Setting]),
    *(Patch[Project], Patch[Ticket], Patch[Task], Patch[Chat], Patch[File], Patch[Prompt], Patch[Agent], Patch[Queue]),
    *(Patch[QueueItem], Patch[UserPreferences], Patch[Setting]),
)
"""What comes in: a message is written once, and a selection is not patched."""

ANSWERS: tuple[type[object], ...] = (
    shapes.TicketWithTasks, shapes.ChatWithMessages, shapes.ModelUsage, shapes.FileTotals, shapes.QueueStats,
    shapes.Dashboard, shapes.SelectedContext,
)  # fmt: skip

DOCUMENTS: tuple[type[object], ...] = (
    documents.TicketMetadata, documents.MessageMetadata, documents.Import, documents.Export,
    documents.AgentConfiguration, documents.Preferences, documents.Flag, documents.Number, documents.Text,
)  # fmt: skip


def components() -> dict[str, object]:
    """All of them by name, and what they are made of."""
    return openapi_components(*ROWS, *BODIES, *ANSWERS, *DOCUMENTS)
