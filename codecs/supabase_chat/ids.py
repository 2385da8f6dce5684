"""Branded ids: each is a str, a UUID or an int at run time, and a type of its own to the checkers.

Texts are what `generate_cuid()` of the database makes. A user's id is a UUID that Supabase gives out: it is that of
the row in `auth.users`, of the one in `general_users`, and what `auth.uid()` says of who asks.
"""

from typing import NewType
from uuid import UUID

AuthUserId = NewType("AuthUserId", UUID)
UserId = NewType("UserId", UUID)
OrganizationId = NewType("OrganizationId", str)
CorporateUserId = NewType("CorporateUserId", str)
ProfileId = NewType("ProfileId", str)
AddressId = NewType("AddressId", str)
ChatRoomId = NewType("ChatRoomId", str)
MessageId = NewType("MessageId", int)
VirtualUserId = NewType("VirtualUserId", str)
VirtualProfileId = NewType("VirtualProfileId", str)
EmbeddingId = NewType("EmbeddingId", int)
