"""The enums of the database, in one module."""

from enum import StrEnum


class ChatRoomType(StrEnum):
    """Between two people, or among any number of them."""

    PRIVATE = "PRIVATE"
    GROUP = "GROUP"


class CorporateRole(StrEnum):
    """What somebody may do for an organization."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MEMBER = "MEMBER"
