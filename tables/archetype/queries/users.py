"""Users, and what they chose."""

from archetype.documents.auth import Preferences
from archetype.ids import ClerkUserId, UserId
from qb import New, Rows, Select, excluded, insert, prepare, select
from qb.typing import Returning
from tables.archetype.auth.organizations import NewUserPreferences, User, UserPreferences


def from_clerk(user: New[User]) -> Rows[User]:
    """The user as Clerk says it now: new, or there before with other names."""
    return (
        insert(user)
        .on_conflict(
            User.clerk_user_id,
            update=[
                User.email.to(excluded(User.email)),
                User.first_name.to(excluded(User.first_name)),
                User.last_name.to(excluded(User.last_name)),
                User.image_url.to(excluded(User.image_url)),
                User.clerk_data.to(excluded(User.clerk_data)),
            ],
        )
        .returning()
    )


@prepare
def by_id(user: UserId) -> Select[User]:
    """The user."""
    return select(User).where(User.user_id == user)


@prepare
def by_clerk_user_id(clerk_user: ClerkUserId) -> Select[User]:
    """The same, by the id that a session's token has."""
    return select(User).where(User.clerk_user_id == clerk_user)


@prepare
def preferences_of(user: UserId) -> Select[Preferences]:
    """The user's document; no row where none was saved."""
    return select(UserPreferences.preferences).where(UserPreferences.user_id == user)


@prepare
def save_preferences(user: UserId, preferences: Preferences) -> Returning[UserPreferences]:
    """The user's row, with the document in place of the one before."""
    return (
        insert(NewUserPreferences(user_id=user, preferences=preferences))
        .on_conflict(
            UserPreferences.user_id, update=[UserPreferences.preferences.to(excluded(UserPreferences.preferences))]
        )
        .returning()
    )
