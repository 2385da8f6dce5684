"""Chats and their messages."""

from promptliano.documents import MessageMetadata
from promptliano.ids import ChatId, ProjectId
from promptliano.labels import MessageRole
from qb import Db, Failure, New, Outcome, Success, Tx
from qb.typing import Stream
from tables.promptliano.chats import Chat, ChatMessage
from tables.promptliano.queries import chats as queries
from tables.promptliano.shapes import ChatWithMessages, ModelUsage


def create(db: Db, chat: New[Chat]) -> Outcome[Chat]:
    """ForeignKeyViolation where there is no such project."""
    return db.one(queries.create(chat))


def of_project(db: Db, project: ProjectId, *, limit: int = 50, offset: int = 0) -> Outcome[list[Chat]]:
    """The last used first."""
    return db.all(queries.of_project(project, limit, offset))


def with_messages(db: Db, chat: ChatId) -> Outcome[ChatWithMessages]:
    """The chat and its messages, oldest first; NotFound where it is deleted."""
    return db.one(queries.with_messages(chat))


def stream(db: Db, chat: ChatId) -> Stream[ChatMessage]:
    """The messages one by one, in constant memory: `with stream(db, chat) as messages: ...`"""
    return db.stream(queries.messages(chat))


def append(
    db: Db, chat: ChatId, role: MessageRole, content: str, metadata: MessageMetadata | None = None
) -> Outcome[ChatMessage]:
    """The message, and the chat moves to the top of its project's list. NotFound where the chat is deleted."""

    def work(tx: Tx) -> Outcome[ChatMessage]:
        match tx.one(queries.touch(chat)):
            case Success(_):
                return tx.one(queries.append(chat, role, content, metadata or MessageMetadata()))
            case Failure(error):
                return Failure(error)

    return db.transact(work)


def rename(db: Db, chat: ChatId, title: str) -> Outcome[Chat]:
    """NotFound where it is deleted."""
    return db.one(queries.rename(chat, title))


def usage(db: Db, chat: ChatId) -> Outcome[list[ModelUsage]]:
    """Messages and tokens by model."""
    return db.all(queries.usage(chat))


def delete(db: Db, chat: ChatId) -> Outcome[Chat]:
    """NotFound where it was deleted before."""
    return db.one(queries.delete(chat))


def restore(db: Db, chat: ChatId) -> Outcome[Chat]:
    """NotFound where it was not deleted."""
    return db.one(queries.restore(chat))
