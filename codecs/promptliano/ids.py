"""Branded ids: each is an int (or a UUID, a str) at run time and a type of its own to the checkers.

The id of a ticket is refused where that of a task is expected, at no cost. From outside they come through
`promptliano.guards.branded`.
"""

from typing import NewType
from uuid import UUID

ProjectId = NewType("ProjectId", int)
TicketId = NewType("TicketId", int)
TicketPublicId = NewType("TicketPublicId", UUID)
TaskId = NewType("TaskId", int)
ChatId = NewType("ChatId", int)
ChatMessageId = NewType("ChatMessageId", int)
FileId = NewType("FileId", int)
SelectedFileId = NewType("SelectedFileId", int)
PromptId = NewType("PromptId", int)
AgentId = NewType("AgentId", int)
QueueId = NewType("QueueId", int)
QueueItemId = NewType("QueueItemId", int)
UserPreferencesId = NewType("UserPreferencesId", int)
SettingId = NewType("SettingId", int)

AgentSlug = NewType("AgentSlug", str)
"""The name of an agent that programs use."""

SettingKey = NewType("SettingKey", str)
"""Such as `models.default`."""

UserId = NewType("UserId", str)
"""Who uses Promptliano: a name that the application gives out, there is no table of users."""
