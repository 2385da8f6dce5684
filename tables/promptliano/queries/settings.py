"""What users prefer, and the settings of the installation."""

from promptliano.documents import Preferences, SettingValue
from promptliano.ids import SettingKey, UserId
from qb import Select, delete, insert, prepare, select
from qb.typing import Returning
from tables.promptliano.queries.upserts import as_given
from tables.promptliano.settings import NewSetting, NewUserPreferences, Setting, UserPreferences


@prepare
def preferences_of(user: UserId) -> Select[Preferences]:
    """The user's document; no row where none was saved."""
    return select(UserPreferences.preferences).where(UserPreferences.user_id == user)


@prepare
def save_preferences(user: UserId, preferences: Preferences) -> Returning[UserPreferences]:
    """The user's row, with the document in place of the one before."""
    return (
        insert(NewUserPreferences(user_id=user, preferences=preferences))
        .on_conflict(UserPreferences.user_id, update=[as_given(UserPreferences.preferences)])
        .returning()
    )


@prepare
def value_of(key: SettingKey) -> Select[SettingValue]:
    """The setting's value; no row where it has none."""
    return select(Setting.value).where(Setting.key == key)


@prepare
def put(key: SettingKey, value: SettingValue) -> Returning[Setting]:
    """The setting with its new value."""
    return (
        insert(NewSetting(key=key, value=value)).on_conflict(Setting.key, update=[as_given(Setting.value)]).returning()
    )


@prepare
def everything() -> Select[Setting]:
    """All settings by key."""
    return select(Setting).order_by(Setting.key)


@prepare
def remove(key: SettingKey) -> Returning[Setting]:
    """The setting as it was."""
    return delete(Setting).where(Setting.key == key).returning()
