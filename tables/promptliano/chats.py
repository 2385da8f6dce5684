"""Chats and their messages."""

import datetime as dt

from promptliano.documents import MessageMetadata
from promptliano.ids import ChatId, ChatMessageId, ProjectId
from promptliano.labels import MessageRole
from qb import Col, Table, column, fn, identity, index, new, patch, pg, references
from tables.promptliano.projects import Project
from tables.promptliano.shared import Restorable


class Chat(Restorable, name="chats"):
    """A conversation in a project. Its `updated_at` is the time of the last message."""

    id: Col[ChatId] = column(pg.bigint, primary_key=True, default=identity())
    project_id: Col[ProjectId] = column(pg.bigint, references=references(Project.id, on_delete="cascade"))
    title: Col[str] = column(pg.text)


class ChatMessage(Table, name="chat_messages"):
    """What was said: written once, never changed."""

    id: Col[ChatMessageId] = column(pg.bigint, primary_key=True, default=identity())
    chat_id: Col[ChatId] = column(pg.bigint, references=references(Chat.id, on_delete="cascade"))
    role: Col[MessageRole] = column(pg.enum("message_role", MessageRole))
    content: Col[str] = column(pg.text)
    metadata: Col[MessageMetadata] = column(pg.jsonb, default=MessageMetadata())
    created_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())


NewChat = new(Chat)
ChatChanges = patch(Chat)
NewChatMessage = new(ChatMessage)

chats_by_use = index("chats_project_id_idx", Chat.project_id, Chat.updated_at.desc())
messages_in_order = index("chat_messages_chat_id_idx", ChatMessage.chat_id, ChatMessage.id)
