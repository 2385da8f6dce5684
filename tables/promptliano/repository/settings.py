"""What users prefer, and the settings of the installation."""

from promptliano.documents import Preferences, SettingValue
from promptliano.ids import SettingKey, UserId
from qb import Db, Failure, Outcome, Success
from tables.promptliano.queries import settings as queries
from tables.promptliano.settings import Setting, UserPreferences


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


def value_of(db: Db, key: SettingKey) -> Outcome[SettingValue | None]:
    """None where the setting has no value."""
    return db.first(queries.value_of(key))


def put(db: Db, key: SettingKey, value: SettingValue) -> Outcome[Setting]:
    """In place of the one before."""
    return db.one(queries.put(key, value))


def everything(db: Db) -> Outcome[list[Setting]]:
    """By key."""
    return db.all(queries.everything())


def remove(db: Db, key: SettingKey) -> Outcome[Setting | None]:
    """The setting as it was; None where there was none."""
    return db.first(queries.remove(key))
