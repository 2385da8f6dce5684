"""What a checker knows of the chat, from the declaration of its tables alone; and which ids it keeps apart.

Nothing here runs: the checkers read it, and mypy reports an ignore that nothing needs.
"""

from typing import assert_type
from uuid import UUID

from qb import Db, Outcome, insert, select
from supabase_chat.documents import Attachment, Persona
from supabase_chat.ids import AuthUserId, ChatRoomId, OrganizationId, UserId, VirtualUserId
from supabase_chat.labels import ChatRoomType
from tables.supabase_chat import (
    Embedding,
    GeneralUser,
    Message,
    NewChatRoom,
    NewEmbedding,
    NewGeneralUser,
    NewMessage,
    NewUserChat,
    NewVirtualUser,
    VirtualUserProfile,
    queries,
)


def known(db: Db, user: UserId, room: ChatRoomId, vector: list[float]) -> None:
    assert_type(db.all(queries.messages(room)), Outcome[list[tuple[Message, GeneralUser | None]]])
    assert_type(db.all(queries.similar(user, vector)), Outcome[list[str]])
    assert_type(db.one(select(Message.attachments)), Outcome[list[Attachment]])
    assert_type(db.one(select(VirtualUserProfile.persona)), Outcome[Persona])
    assert_type(db.one(select(Embedding.embedding)), Outcome[list[float]])
    with db.as_role("authenticated", claims={"sub": str(user)}) as tx:
        assert_type(
            tx.one(insert(NewChatRoom(type=ChatRoomType.GROUP)).returning()).map(lambda made: made.id),
            Outcome[ChatRoomId],
        )


def kept_apart(db: Db, user: UserId, signed_up: AuthUserId, room: ChatRoomId, organization: OrganizationId) -> None:
    queries.messages(user)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    queries.similar(signed_up, [])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewUserChat(user_id=signed_up, chat_room_id=room)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewUserChat(user_id=user, chat_room_id=organization)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewMessage(chat_room_id=room, virtual_user_id=user, content="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewVirtualUser(organization_id=room, name="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewGeneralUser(id=UUID(int=1), display_name="x", account_name="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    NewGeneralUser(display_name="x", account_name="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    NewEmbedding(user_id=user, content="x", embedding="[1]")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    db.all(select(Message).where(Message.chat_room_id == VirtualUserId("x")))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    db.as_role(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    db.as_role("authenticated", claims="{}")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
