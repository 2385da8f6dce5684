"""Chats and their messages."""

from promptliano.documents import MessageMetadata
from promptliano.ids import ChatId, ProjectId
from promptliano.labels import MessageRole
from qb import New, Rows, Select, fn, insert, many, prepare, select, update
from qb.typing import Returning
from tables.promptliano.chats import Chat, ChatMessage, NewChatMessage
from tables.promptliano.shapes import ChatWithMessages, ModelUsage


def create(chat: New[Chat]) -> Rows[Chat]:
    """The chat as it was written."""
    return insert(chat).returning()


@prepare
def of_project(project: ProjectId, limit: int = 50, offset: int = 0) -> Select[Chat]:
    """A project's chats, the last used first."""
    query = select(Chat).where(Chat.project_id == project, Chat.deleted_at.is_null())
    return query.order_by(Chat.updated_at.desc(), Chat.id.desc()).limit(limit).offset(offset)


@prepare
def with_messages(chat: ChatId) -> Select[ChatWithMessages]:
    """A chat and its messages, oldest first, in one query."""
    return (
        select(Chat, many(ChatMessage, on=ChatMessage.chat_id == Chat.id, order_by=ChatMessage.id))
        .where(Chat.id == chat, Chat.deleted_at.is_null())
        .map(ChatWithMessages)
    )


@prepare
def messages(chat: ChatId) -> Select[ChatMessage]:
    """The messages alone, for a long chat: `db.stream` takes them one by one."""
    return select(ChatMessage).where(ChatMessage.chat_id == chat).order_by(ChatMessage.id)


@prepare
def touch(chat: ChatId) -> Returning[ChatId]:
    """The chat, used now; no row if it is deleted."""
    used = update(Chat).set(Chat.updated_at.to(fn.now()))
    return used.where(Chat.id == chat, Chat.deleted_at.is_null()).returning(Chat.id)


@prepare
def append(chat: ChatId, role: MessageRole, content: str, metadata: MessageMetadata) -> Returning[ChatMessage]:
    """The message as it was written."""
    return insert(NewChatMessage(chat_id=chat, role=role, content=content, metadata=metadata)).returning()


@prepare
def rename(chat: ChatId, title: str) -> Returning[Chat]:
    """The chat under another title."""
    return update(Chat).set(Chat.title.to(title)).where(Chat.id == chat, Chat.deleted_at.is_null()).returning()


@prepare
def usage(chat: ChatId) -> Select[ModelUsage]:
    """What each model was asked for in a chat, from the messages' JSON."""
    model = ChatMessage.metadata.path(lambda metadata: metadata.model)
    tokens = ChatMessage.metadata.path(lambda metadata: metadata.usage)
    return (
        select(
            model,
            fn.count(),
            fn.coalesce(fn.sum(tokens.path(lambda usage: usage.input_tokens)), 0),
            fn.coalesce(fn.sum(tokens.path(lambda usage: usage.output_tokens)), 0),
        )
        .where(ChatMessage.chat_id == chat)
        .group_by(model)
        .order_by(model)
        .map(ModelUsage)
    )


@prepare
def delete(chat: ChatId) -> Returning[Chat]:
    """The chat, deleted now; no row if it was before."""
    removed = update(Chat).set(Chat.deleted_at.to(fn.now()))
    return removed.where(Chat.id == chat, Chat.deleted_at.is_null()).returning()


@prepare
def restore(chat: ChatId) -> Returning[Chat]:
    """The chat, no longer deleted; no row if it was not."""
    restored = update(Chat).set(Chat.deleted_at.to(None))
    return restored.where(Chat.id == chat, Chat.deleted_at.is_not_null()).returning()
