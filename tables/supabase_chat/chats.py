"""Chat rooms, who is in them, and what is said there.

A query in a policy is held to the policies of the tables that it reads, and PostgreSQL refuses a circle of them. So
they read in one direction alone: messages and rooms ask who is in a room, and that table asks nobody.
"""

import datetime as dt

import qb
from qb import (
    Col,
    Expr,
    Table,
    check,
    column,
    exists,
    fn,
    grant,
    identity,
    index,
    new,
    on_update_trigger,
    pg,
    policy,
    references,
    select,
    value,
)
from supabase_chat.documents import Attachment
from supabase_chat.ids import ChatRoomId, MessageId, UserId, VirtualUserId
from supabase_chat.labels import ChatRoomType
from tables.supabase_chat.auth import authenticated, me, uid
from tables.supabase_chat.functions import cuid
from tables.supabase_chat.shared import Created, Timestamped
from tables.supabase_chat.users import GeneralUser
from tables.supabase_chat.virtual import VirtualUser

# -------------------------------------------------------------------------------------------------------------- tables


class ChatRoom(Timestamped, name="chat_rooms", rls=True):
    """A room, private or of a group. Who has made it lets others in."""

    id: Col[ChatRoomId] = column(pg.text, primary_key=True, default=cuid(ChatRoomId))
    type: Col[ChatRoomType] = column(pg.enum("chat_room_type", ChatRoomType), default=ChatRoomType.PRIVATE)
    name: Col[str | None] = column(pg.text, default=None)
    created_by: Col[UserId | None] = column(
        pg.uuid, references=references(GeneralUser.id, on_delete="set null"), default=None, index=True
    )


class UserChat(Table, name="user_chats", rls=True):
    """That somebody is in a room."""

    user_id: Col[UserId] = column(pg.uuid, primary_key=True, references=references(GeneralUser.id, on_delete="cascade"))
    chat_room_id: Col[ChatRoomId] = column(
        pg.text, primary_key=True, references=references(ChatRoom.id, on_delete="cascade"), index=True
    )
    joined_at: Col[dt.datetime] = column(pg.timestamptz(3), default=fn.now())


class VirtualUserChat(Table, name="virtual_user_chats"):
    """That a virtual user is in a room. Nobody but the server writes it, so it has no row security."""

    virtual_user_id: Col[VirtualUserId] = column(
        pg.text, primary_key=True, references=references(VirtualUser.id, on_delete="cascade")
    )
    chat_room_id: Col[ChatRoomId] = column(
        pg.text, primary_key=True, references=references(ChatRoom.id, on_delete="cascade"), index=True
    )
    joined_at: Col[dt.datetime] = column(pg.timestamptz(3), default=fn.now())


class Message(Created, name="messages", rls=True):
    """What was said, by a user or by a virtual one."""

    id: Col[MessageId] = column(pg.bigint, primary_key=True, default=identity())
    chat_room_id: Col[ChatRoomId] = column(pg.text, references=references(ChatRoom.id, on_delete="cascade"))
    sender_id: Col[UserId | None] = column(
        pg.uuid, references=references(GeneralUser.id, on_delete="cascade"), default=None, index=True
    )
    virtual_user_id: Col[VirtualUserId | None] = column(
        pg.text, references=references(VirtualUser.id, on_delete="cascade"), default=None, index=True
    )
    content: Col[str] = column(pg.text)
    attachments: Col[list[Attachment]] = column(pg.jsonb, default=[])


NewChatRoom = new(ChatRoom)
NewUserChat = new(UserChat)
NewVirtualUserChat = new(VirtualUserChat)
NewMessage = new(Message)

one_sender = check("messages_sender_check", Message.sender_id.is_null() != Message.virtual_user_id.is_null())
something_said = check(
    "messages_content_check", (fn.length(fn.trim(Message.content)) > 0) & (fn.length(Message.content) <= 4_000)
)
messages_in_order = index("messages_chat_room_id_idx", Message.chat_room_id, Message.id)
rooms_touched = on_update_trigger(ChatRoom)

# ------------------------------------------------------------------------------------------------------------ policies


@qb.function(volatility="stable", security="definer", set={"search_path": ["public", "pg_temp"]})
def made_room(room: qb.Arg[ChatRoomId]) -> Expr[bool]:
    """Whether who asks has made a room: without its policies, which ask who is in it."""
    return exists(select(ChatRoom.id).where(ChatRoom.id == room, ChatRoom.created_by == uid()))


in_room = exists(select(UserChat.user_id).where(UserChat.chat_room_id == ChatRoom.id, UserChat.user_id == me))
mine = me == ChatRoom.created_by

select_policy_chat_rooms = policy(
    ChatRoom,
    for_="select",
    to=authenticated,
    using=mine | in_room,
    name="select_policy_chat_rooms",
    comment="its maker sees a room before anybody is in it, and so what INSERT ... RETURNING gives",
)
insert_policy_chat_rooms = policy(
    ChatRoom, for_="insert", to=authenticated, with_check=mine, name="insert_policy_chat_rooms"
)
update_policy_chat_rooms = policy(
    ChatRoom, for_="update", to=authenticated, using=mine, with_check=mine, name="update_policy_chat_rooms"
)
delete_policy_chat_rooms = policy(
    ChatRoom, for_="delete", to=authenticated, using=mine, name="delete_policy_chat_rooms"
)

select_policy_user_chats = policy(
    UserChat,
    for_="select",
    to=authenticated,
    using=me == UserChat.user_id,
    name="select_policy_user_chats",
    comment="own rows alone: the policies of rooms and messages read this table",
)
insert_policy_user_chats = policy(
    UserChat,
    for_="insert",
    to=authenticated,
    with_check=made_room(UserChat.chat_room_id),
    name="insert_policy_user_chats",
    comment="who has made a room lets others in, and himself",
)
leave_policy_user_chats = policy(
    UserChat, for_="delete", to=authenticated, using=me == UserChat.user_id, name="leave_policy_user_chats"
)

members = (
    select(value(1))
    .from_(UserChat)
    .join(GeneralUser, on=UserChat.user_id == GeneralUser.id)
    .where(UserChat.chat_room_id == Message.chat_room_id, GeneralUser.id == me)
)
select_policy_messages = policy(
    Message,
    for_="select",
    to=authenticated,
    using=exists(members),
    name="select_policy_messages",
    comment="those who are in the room; it reads user_chats, whose own policy shows the rows of who asks",
)
insert_policy_messages = policy(
    Message,
    for_="insert",
    to=authenticated,
    with_check=(me == Message.sender_id) & exists(members),
    name="insert_policy_messages",
)
edit_policy_messages = policy(
    Message,
    for_="update",
    to=authenticated,
    using=me == Message.sender_id,
    with_check=me == Message.sender_id,
    name="edit_policy_messages",
)
delete_policy_messages = policy(
    Message, for_="delete", to=authenticated, using=me == Message.sender_id, name="delete_policy_messages"
)

users_make_rooms = grant("select", "insert", "update", "delete", on=ChatRoom, to=authenticated)
users_join_and_leave = grant("select", "insert", "delete", on=UserChat, to=authenticated)
users_talk = grant("select", "insert", "delete", on=Message, to=authenticated)
users_correct_themselves = grant("update", on=(Message.content, Message.attachments), to=authenticated)
users_see_virtual_ones = grant("select", on=VirtualUserChat, to=authenticated)
