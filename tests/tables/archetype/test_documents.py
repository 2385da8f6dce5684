"""Every document of every table: what is drawn for it is read back as it was, and those of before become today's."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archetype.documents.auth import (
    Branding,
    OrganizationSettings,
    OrganizationSettingsV1,
    organization_settings_of_v1,
)
from archetype.documents.model import ActionDefinition, ActionDefinitionV1, Step, action_definition_of_v1
from archetype.documents.work import EmailMetadata, EmailMetadataV1, email_metadata_of_v1
from qb.testing import rows
from qb.types.json import Json
from tests.samples import samples
from tests.tables.archetype import everything
from tests.tables.archetype.everything import TABLES
from tests.tables.archetype.test_rows import drawn


def documents(table: type[Any]) -> dict[str, object]:
    """The columns of a table that are documents of our own, and what each is read as."""
    found = [each for each in everything.info(table).columns if isinstance(each.type, Json)]
    return {each.attribute: each.type.limits(each.python) for each in found if each.python is not msgspec.Raw}


def one_row(table: type[Any]) -> st.SearchStrategy[list[Any]]:
    """A row that is not written: what it refers to need not be there."""
    referring = [each.attribute for each in everything.info(table).columns if each.references is not None]
    beside = [name for each in everything.beside(table) for name in each.columns]
    found: dict[str, Any] = {name: st.just("other") for name in {*referring, *beside}}
    return rows(table, min_size=1, max_size=1, **(found | drawn(table)))


WITH_DOCUMENTS = {name: table for name, table in TABLES.items() if documents(table)}


def test_most_tables_have_documents() -> None:
    assert len(WITH_DOCUMENTS) > 40


@settings(samples(200))
@given(name=st.sampled_from(sorted(WITH_DOCUMENTS)), data=st.data())
def test_a_document_is_read_as_it_was_written(name: str, data: st.DataObject) -> None:
    table = WITH_DOCUMENTS[name]
    (row,) = data.draw(one_row(table))
    for attribute, python in documents(table).items():
        value = getattr(row, attribute)
        if value is not msgspec.UNSET and value is not None:
            read: Any = msgspec.json.decode(msgspec.json.encode(value), type=python)
            assert read == value, attribute
            assert type(read) is type(value)


OLD = [
    (OrganizationSettingsV1, OrganizationSettings, organization_settings_of_v1),
    (ActionDefinitionV1, ActionDefinition, action_definition_of_v1),
    (EmailMetadataV1, EmailMetadata, email_metadata_of_v1),
]


@pytest.mark.parametrize(("old", "new", "upgrade"), OLD, ids=lambda each: getattr(each, "__name__", ""))
def test_a_document_of_before_is_none_of_today(old: type[Any], new: type[Any], upgrade: Any) -> None:
    """Else it would be read as today's, with defaults in the place of what it says."""
    for document in ({"primary_color": "red", "ai_enabled": True}, {"step": {"do": "delete"}}, {"to": "a@x, b@x"}):
        stored = msgspec.json.encode(document)
        try:
            before = msgspec.json.decode(stored, type=old)
        except msgspec.ValidationError:
            continue
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(stored, type=new)
        upgraded = upgrade(before)
        assert msgspec.json.decode(msgspec.json.encode(upgraded), type=new) == upgraded
        with pytest.raises(msgspec.ValidationError):  # nor is one of today read as one of before
            msgspec.json.decode(msgspec.json.encode(upgraded), type=old)
        return
    pytest.fail(f"no document is a {old.__name__}")


def test_upgrades_lose_nothing() -> None:
    assert organization_settings_of_v1(OrganizationSettingsV1("red", False)) == OrganizationSettings(
        Branding("red"), "off"
    )
    step: Step = msgspec.json.decode(b'{"do": "delete"}', type=Step)
    assert action_definition_of_v1(ActionDefinitionV1(step)).steps == [step]
    assert [each.address for each in email_metadata_of_v1(EmailMetadataV1("a@x,, b@x ,")).to] == ["a@x", "b@x"]
