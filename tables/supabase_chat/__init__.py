"""A chat on Supabase: users and organizations, rooms and messages, virtual users, and a search by meaning.

`schema` holds all of it; the modules are its tables with their policies beside them, `queries` what is asked of them.
What a program inserts and reads is named here, too.
"""

from qb import schema as _schema
from tables.supabase_chat import auth, chats, embeddings, functions, organizations, users, virtual
from tables.supabase_chat.auth import AuthUser, NewAuthUser, anon, auth_admin, authenticated
from tables.supabase_chat.chats import (
    ChatRoom,
    Message,
    NewChatRoom,
    NewMessage,
    NewUserChat,
    NewVirtualUserChat,
    UserChat,
    VirtualUserChat,
)
from tables.supabase_chat.embeddings import Embedding, NewEmbedding
from tables.supabase_chat.organizations import CorporateUser, NewCorporateUser, NewOrganization, Organization
from tables.supabase_chat.users import (
    Address,
    GeneralUser,
    GeneralUserProfile,
    NewAddress,
    NewGeneralUser,
    NewGeneralUserProfile,
)
from tables.supabase_chat.virtual import NewVirtualUser, NewVirtualUserProfile, VirtualUser, VirtualUserProfile

__all__ = [
    "Address",
    "AuthUser",
    "ChatRoom",
    "CorporateUser",
    "Embedding",
    "GeneralUser",
    "GeneralUserProfile",
    "Message",
    "NewAddress",
    "NewAuthUser",
    "NewChatRoom",
    "NewCorporateUser",
    "NewEmbedding",
    "NewGeneralUser",
    "NewGeneralUserProfile",
    "NewMessage",
    "NewOrganization",
    "NewUserChat",
    "NewVirtualUser",
    "NewVirtualUserChat",
    "NewVirtualUserProfile",
    "Organization",
    "UserChat",
    "VirtualUser",
    "VirtualUserChat",
    "VirtualUserProfile",
    "anon",
    "auth_admin",
    "authenticated",
    "schema",
]

schema = _schema(auth, functions, organizations, users, chats, virtual, embeddings, name="supabase_chat")
