"""The chat's database on a real server, as each role sees it: created, signed up to, talked in, searched.

The server is that of DATABASE_URL, or else the embedded one in the project's folder `.qb`; what Supabase owns is stood
in for. All happens in a database of its own, which is dropped at the end; the roles of requests stay on the server.
"""

import random
import sys
import time
from collections.abc import Callable
from uuid import UUID, uuid4

from qb import Db, DbError, Tx, connect, create_all, explain_policy, exposures, insert, select, sql
from qb.typing import TransactionBlock
from supabase_chat.documents import Image, SignUp
from supabase_chat.ids import AuthUserId, ChatRoomId, UserId
from supabase_chat.labels import ChatRoomType
from tables.scratch import scratch_database
from tables.show import brief, heading, lines, statement
from tables.supabase_chat import (
    ChatRoom,
    GeneralUser,
    Message,
    NewAuthUser,
    NewChatRoom,
    NewEmbedding,
    NewMessage,
    NewUserChat,
    anon,
    authenticated,
    queries,
    schema,
)
from tables.supabase_chat.embeddings import DIMENSIONS
from tables.supabase_chat.local import SUPABASE


def main() -> int:
    """The exit code: 0 when everything went as it should, 1 when there is no server to show it on."""
    reconfigure: Callable[..., None] | None = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    started = time.perf_counter()
    try:
        with scratch_database(name="supabase_chat_demo") as url, connect(url) as db:
            create(db)
            ada, ben, eve = (sign_up(db, name) for name in ("ada", "ben", "eve"))
            room = talk(db, ada, ben)
            who_sees_what(db, room, {"ada": ada, "ben": ben, "eve": eve})
            refusals(db, room, eve)
            policies()
            search(db, ada)
    except (DbError, ImportError) as error:
        print(f"The demo needs a PostgreSQL server with pgvector: {error}", file=sys.stderr)
        return 1
    print(f"\nAll of it took {time.perf_counter() - started:.1f} s; its database is gone again.")
    return 0


def acting(db: Db, user: UserId) -> TransactionBlock[Tx]:
    """A request of a user, as PostgREST runs it."""
    return db.as_role(authenticated, claims={"sub": str(user), "role": "authenticated"})


def create(db: Db) -> None:
    ddl = create_all(schema, stand_ins=True)
    ours = [table for table in schema.tables if not table.external]
    heading(f"Create {len(ours)} tables: {len(ddl.statements)} statements, what stands in for Supabase included")
    db.run(ddl).unwrap()
    db.run(SUPABASE).unwrap()
    lines(each for each in ddl.statements if "POLICY" in each and "general_users" in each and "COMMENT" not in each)


def sign_up(db: Db, name: str) -> UserId:
    """What Supabase does: a row in auth.users, by its own role."""
    id: UUID = uuid4()
    row = NewAuthUser(
        id=AuthUserId(id), email=f"{name}@example.org", raw_user_meta_data=SignUp(name.title(), f"the-{name}")
    )
    with db.as_role("supabase_auth_admin") as admin:
        admin.execute(insert(row)).unwrap()
    heading(f"{name.title()} signs up; the trigger on auth.users makes the account")
    lines([brief(db.one(select(GeneralUser).where(GeneralUser.id == UserId(id))).unwrap())])
    return UserId(id)


def talk(db: Db, ada: UserId, ben: UserId) -> ChatRoom:
    heading("Ada makes a room, lets Ben in, and says something; one transaction as the role of her request")
    with acting(db, ada) as own:
        made = insert(NewChatRoom(type=ChatRoomType.GROUP, name="Engines", created_by=ada)).returning()
        statement(made)
        room = own.one(made).unwrap()
        lines([brief(room)])
        own.insert_many([NewUserChat(user_id=each, chat_room_id=room.id) for each in (ada, ben)]).unwrap()
        picture = Image("https://example.org/engine.png", 640, 480, "the engine")
        said = NewMessage(chat_room_id=room.id, sender_id=ada, content="It weaves.", attachments=[picture])
        lines([brief(own.one(insert(said).returning()).unwrap())])
    return room


def who_sees_what(db: Db, room: ChatRoom, people: dict[str, UserId]) -> None:
    heading("The same query, asked by each of them: row security decides what comes back")
    statement(queries.messages(room.id))
    for name, user in people.items():
        with acting(db, user) as own:
            found = own.all(queries.messages(room.id)).unwrap()
            lines([f"{name}: {[(message.content, who.display_name if who else None) for message, who in found]}"])
    with db.as_role(anon) as nobody:
        lines([f"anon sees {len(nobody.all(select(GeneralUser)).unwrap())} accounts"])


def refusals(db: Db, room: ChatRoom, eve: UserId) -> None:
    heading("What a role may not do is a value, too, and rolls back what it was part of")
    text = "I was never let in."

    def intrude(tx: Tx, id: ChatRoomId = room.id) -> object:
        return tx.execute(insert(NewMessage(chat_room_id=id, sender_id=eve, content=text)))

    with acting(db, eve) as own, own.transaction(rollback=True) as inner:
        lines([f"Eve: {intrude(inner)}"])
    with db.as_role(anon, rollback=True) as nobody:
        lines([f"anon: {nobody.all(select(Message))}"])
    who = db.scalar(sql("SELECT current_setting('role')").rows(str)).unwrap()
    lines([f"and afterwards the role of the connection is {who}"])


def policies() -> None:
    heading("Which policies hold for a request, from the description alone")
    print(explain_policy(Message, authenticated, schema))
    heading("What is worth a second look")
    lines(map(str, exposures(schema, anon)))


def search(db: Db, ada: UserId) -> None:
    heading("What Ada wrote, by its meaning: vectors of 1,536 numbers, and an index over them")
    chance = random.Random(1)
    wanted = [chance.randint(-64, 64) / 128 for _ in range(DIMENSIONS)]
    rows = [
        NewEmbedding(user_id=ada, content=f"note {far}", embedding=[each + far / 8 for each in wanted])
        for far in range(200)
    ]
    db.insert_many(rows).unwrap()
    statement(queries.similar(ada, wanted, 3))
    lines([brief(db.all(queries.similar(ada, wanted, 3)).unwrap())])


if __name__ == "__main__":
    sys.exit(main())
