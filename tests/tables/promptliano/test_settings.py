"""What users prefer, and the settings of the installation."""

import pytest

from promptliano.documents import Flag, Number, Panels, Preferences, SettingValue, Text
from promptliano.ids import ProjectId, SettingKey, UserId
from qb import CheckViolation, Failure, Success, Tx, sql, unwrap
from tables.promptliano.repository import settings

ADA = UserId("ada")
KEY = SettingKey("a.b")


def test_preferences_are_the_defaults_until_they_are_saved(tx: Tx) -> None:
    assert settings.preferences_of(tx, ADA) == Success(Preferences())
    chosen = Preferences("dark", "cursor", "priority", 50_000, [ProjectId(3), ProjectId(1)], Panels(True, False))
    first = unwrap(settings.save_preferences(tx, ADA, chosen))
    assert (first.user_id, first.preferences) == (ADA, chosen)
    second = unwrap(settings.save_preferences(tx, ADA, Preferences("light")))
    assert second.id == first.id
    assert settings.preferences_of(tx, ADA) == Success(Preferences("light"))
    assert settings.preferences_of(tx, UserId("eve")) == Success(Preferences())


def test_a_document_from_before_a_field_existed(tx: Tx) -> None:
    tx.execute(
        sql("""INSERT INTO user_preferences (user_id, preferences) VALUES ('ada', '{{"theme": "dark"}}')""").command()
    )
    assert settings.preferences_of(tx, ADA) == Success(Preferences("dark"))


@pytest.mark.parametrize("value", [Flag(True), Number(0.1), Number(-3, "days"), Text("ü \" \\ '")], ids=repr)
def test_every_kind_of_value_is_stored(tx: Tx, value: SettingValue) -> None:
    assert settings.value_of(tx, KEY) == Success(None)
    stored = unwrap(settings.put(tx, KEY, value))
    assert stored.value == value
    assert settings.value_of(tx, KEY) == Success(value)
    replaced = unwrap(settings.put(tx, KEY, Text("other")))
    assert replaced.id == stored.id
    assert settings.everything(tx) == Success([replaced])
    assert settings.remove(tx, KEY) == Success(replaced)
    assert settings.remove(tx, KEY) == Success(None)


def test_a_key_is_not_empty(tx: Tx) -> None:
    with tx.transaction(rollback=True) as inner:
        assert settings.put(inner, SettingKey(""), Flag(True)) == Failure(
            CheckViolation("settings_key_check", "settings", "public")
        )
