"""People, rooms and what is said in them: what a test needs before it can begin."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID, uuid5

from qb import Db, Outcome, Tx, insert, unwrap
from qb.typing import TransactionBlock
from supabase_chat.documents import SignUp
from supabase_chat.ids import AuthUserId, ChatRoomId, UserId
from supabase_chat.labels import ChatRoomType
from tables.supabase_chat import (
    ChatRoom,
    Message,
    NewAuthUser,
    NewChatRoom,
    NewMessage,
    NewOrganization,
    NewUserChat,
    Organization,
    authenticated,
)

T = TypeVar("T")

NAMESPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


def someone(name: str) -> UserId:
    """The id of a name, the same in each run."""
    return UserId(uuid5(NAMESPACE, name))


ADA, BEN, EVE = someone("ada"), someone("ben"), someone("eve")


def sign_up(db: Db, name: str) -> UserId:
    """Supabase's own part: a row in auth.users, by its own role, and the trigger does the rest."""
    id = someone(name)
    row = NewAuthUser(
        id=AuthUserId(id), email=f"{name}@example.org", raw_user_meta_data=SignUp(name.title(), f"the-{name}")
    )
    with db.as_role("supabase_auth_admin") as admin:
        unwrap(admin.execute(insert(row)))
    return id


def acting(tx: Db, user: UserId) -> TransactionBlock[Tx]:
    """What a request of a user is, as PostgREST runs it."""
    return tx.as_role(authenticated, claims={"sub": str(user), "role": "authenticated"})


def room(tx: Tx, maker: UserId, *others: UserId, kind: ChatRoomType = ChatRoomType.GROUP) -> ChatRoom:
    """A room that its maker has let some into, himself included."""
    with acting(tx, maker) as own:
        made = unwrap(own.one(insert(NewChatRoom(type=kind, created_by=maker)).returning()))
        for each in (maker, *others):
            unwrap(own.execute(insert(NewUserChat(user_id=each, chat_room_id=made.id))))
    return made


def says(tx: Db, user: UserId, room: ChatRoomId, text: str = "Hello") -> Outcome[Message]:
    return tx.one(insert(NewMessage(chat_room_id=room, sender_id=user, content=text)).returning())


def organization(tx: Db, name: str = "Acme") -> Organization:
    return unwrap(tx.one(insert(NewOrganization(name=name)).returning()))


def refused(tx: Db, work: Callable[[Tx], Outcome[T]]) -> str:
    """The SQLSTATE that something is refused with; what is around it goes on."""
    with tx.transaction(rollback=True) as inner:
        return work(inner).failure().sqlstate or ""
