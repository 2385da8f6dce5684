"""Chats and their messages."""

import pytest

from promptliano.documents import MessageMetadata, TokenUsage, ToolCall
from promptliano.ids import ChatId
from promptliano.labels import MessageRole
from qb import Failure, NotFound, Success, Tx, unwrap
from tables.promptliano.chats import Chat, NewChat, NewChatMessage
from tables.promptliano.repository import chats
from tables.promptliano.shapes import ChatWithMessages, ModelUsage
from tests.tables.promptliano import make


@pytest.fixture
def chat(tx: Tx) -> Chat:
    return unwrap(chats.create(tx, NewChat(project_id=make.project(tx).id, title="About queues")))


def test_messages_are_appended_and_read_with_their_chat(tx: Tx, chat: Chat) -> None:
    asked = unwrap(chats.append(tx, chat.id, MessageRole.USER, "Why?"))
    metadata = MessageMetadata("m-1", TokenUsage(12, 345), [ToolCall("read", {"path": "a.py", "lines": [1, 2]})])
    answered = unwrap(chats.append(tx, chat.id, MessageRole.ASSISTANT, "Because 日本.", metadata))
    assert (asked.metadata, answered.metadata) == (MessageMetadata(), metadata)
    assert (asked.role, answered.role) == (MessageRole.USER, MessageRole.ASSISTANT)
    found = unwrap(chats.with_messages(tx, chat.id))
    assert found == ChatWithMessages(found.chat, [asked, answered])
    assert found.chat.id == chat.id


def test_a_chat_without_messages(tx: Tx, chat: Chat) -> None:
    assert chats.with_messages(tx, chat.id) == Success(ChatWithMessages(chat, []))


def test_nothing_is_appended_to_a_deleted_chat(tx: Tx, chat: Chat) -> None:
    unwrap(chats.delete(tx, chat.id))
    assert chats.append(tx, chat.id, MessageRole.USER, "Hello?") == Failure(NotFound("chats"))
    assert chats.with_messages(tx, chat.id) == Failure(NotFound("chats"))
    assert chats.delete(tx, chat.id) == Failure(NotFound("chats"))
    unwrap(chats.restore(tx, chat.id))
    assert chats.restore(tx, chat.id) == Failure(NotFound("chats"))
    assert unwrap(chats.with_messages(tx, chat.id)).messages == []


def test_a_project_lists_and_renames_its_chats(tx: Tx, chat: Chat) -> None:
    other = unwrap(chats.create(tx, NewChat(project_id=chat.project_id, title="Another")))
    assert [each.id for each in unwrap(chats.of_project(tx, chat.project_id))] == [other.id, chat.id]
    assert unwrap(chats.rename(tx, chat.id, "Queues")).title == "Queues"
    assert chats.rename(tx, ChatId(999_999_999), "x") == Failure(NotFound("chats"))


def test_a_long_chat_is_streamed(tx: Tx, chat: Chat) -> None:
    rows = (NewChatMessage(chat_id=chat.id, role=MessageRole.USER, content=f"{n}") for n in range(2_000))
    assert tx.insert_many(rows) == Success(2_000)
    with chats.stream(tx, chat.id) as messages:
        assert [each.content for each in messages] == [f"{n}" for n in range(2_000)]


def test_usage_is_added_up_inside_the_documents(tx: Tx, chat: Chat) -> None:
    for model, usage in (("b", TokenUsage(1, 10)), ("a", TokenUsage(2, 20)), ("b", TokenUsage(3, 30, 5)), ("b", None)):
        unwrap(chats.append(tx, chat.id, MessageRole.ASSISTANT, "…", MessageMetadata(model, usage)))
    unwrap(chats.append(tx, chat.id, MessageRole.USER, "…"))
    expected = [ModelUsage("a", 1, 2, 20), ModelUsage("b", 3, 4, 40), ModelUsage(None, 1, 0, 0)]
    assert chats.usage(tx, chat.id) == Success(expected)
