"""Users, and what they chose."""

import msgspec

from archetype.documents.auth import ClerkUser, Preferences
from archetype.guards import Guarded, Refused, decoded
from archetype.ids import ClerkUserId, UserId
from qb import Db, Failure, New, Outcome, Success
from tables.archetype.auth.organizations import NewUser, User, UserPreferences
from tables.archetype.queries import users as queries


def clerk_user(document: bytes) -> Guarded[New[User]]:
    """A row for what Clerk sends: Refused with the path where it is none, or without an email."""
    match decoded(ClerkUser, document):
        case Success(said):
            if (email := said.email()) is None:
                return Failure(Refused("$.email_addresses", "a user has an email"))
            return Success(
                NewUser(
                    clerk_user_id=ClerkUserId(said.id),
                    email=email,
                    first_name=said.first_name,
                    last_name=said.last_name,
                    image_url=said.image_url,
                    clerk_data=msgspec.Raw(document),
                )
            )
        case Failure(refused):
            return Failure(refused)


def from_clerk(db: Db, user: New[User]) -> Outcome[User]:
    """New, or there before with other names."""
    return db.one(queries.from_clerk(user))


def by_id(db: Db, user: UserId) -> Outcome[User]:
    """NotFound where there is none."""
    return db.one(queries.by_id(user))


def by_clerk_user_id(db: Db, clerk_user: ClerkUserId) -> Outcome[User]:
    """The same by the id that a session's token has."""
    return db.one(queries.by_clerk_user_id(clerk_user))


def preferences_of(db: Db, user: UserId) -> Outcome[Preferences]:
    """The user's document, or the defaults where none was saved."""
    match db.first(queries.preferences_of(user)):
        case Success(saved):
            return Success(saved or Preferences())
        case Failure(error):
            return Failure(error)


def save_preferences(db: Db, user: UserId, preferences: Preferences) -> Outcome[UserPreferences]:
    """In place of the one before."""
    return db.one(queries.save_preferences(user, preferences))
