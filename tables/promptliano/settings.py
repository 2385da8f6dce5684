"""What users prefer, and the settings of the whole installation."""

from promptliano.documents import Preferences, SettingValue
from promptliano.ids import SettingId, SettingKey, UserId, UserPreferencesId
from qb import Col, column, identity, new, pg
from tables.promptliano.shared import Timestamped


class UserPreferences(Timestamped, name="user_preferences"):
    """One document for each user."""

    id: Col[UserPreferencesId] = column(pg.bigint, primary_key=True, default=identity())
    user_id: Col[UserId] = column(pg.text, unique=True)
    preferences: Col[Preferences] = column(pg.jsonb, default=Preferences())


class Setting(Timestamped, name="settings"):
    """A value under a key such as `models.default`."""

    id: Col[SettingId] = column(pg.bigint, primary_key=True, default=identity())
    key: Col[SettingKey] = column(pg.varchar(100), unique=True, check=lambda key: key != SettingKey(""))
    value: Col[SettingValue] = column(pg.jsonb)


NewUserPreferences = new(UserPreferences)
NewSetting = new(Setting)
