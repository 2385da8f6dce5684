"""What the chat asks. Row security decides whose rows come back; `similar`, which is the server's, says it itself."""

from collections.abc import Sequence

import qb
from qb import Select, fn, maybe, select
from supabase_chat.ids import ChatRoomId, UserId
from tables.supabase_chat.chats import ChatRoom, Message, UserChat
from tables.supabase_chat.embeddings import Embedding
from tables.supabase_chat.users import GeneralUser


@qb.prepare
def rooms() -> Select[ChatRoom]:
    """The rooms that one sees, the newest first."""
    return select(ChatRoom).order_by(ChatRoom.created_at.desc(), ChatRoom.id)


@qb.prepare
def messages(room: ChatRoomId, limit: int = 50) -> Select[tuple[Message, GeneralUser | None]]:
    """What was last said in a room, with who said it; None for a virtual user."""
    return (
        select(Message, maybe(GeneralUser))
        .left_join(GeneralUser, GeneralUser.id == Message.sender_id)
        .where(Message.chat_room_id == room)
        .order_by(Message.id.desc())
        .limit(limit)
    )


@qb.prepare
def members(room: ChatRoomId) -> Select[int]:
    """How many are in a room, as far as one may see it."""
    return select(fn.count()).from_(UserChat).where(UserChat.chat_room_id == room)


def similar(user: UserId, to: Sequence[float], limit: int = 10) -> Select[str]:
    """What a user wrote that lies nearest to a vector."""
    return (
        select(Embedding.content)
        .where(Embedding.user_id == user)
        .order_by(Embedding.embedding.distance(to, by="l2"))
        .limit(limit)
    )
