"""The JSON documents: each comes back as it went in, the older ones as today's."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import Database, Success, Tx, insert, select, sql, trusted, unwrap
from supabase_chat.documents import Attachment, File, Image, Persona, PersonaV1, Preferences, SignUp, upgraded
from tables.supabase_chat import NewVirtualUser, NewVirtualUserProfile, VirtualUser, VirtualUserProfile
from tests.tables.supabase_chat import make

text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9)
trait = text.filter(bool)
url = text.map(lambda path: f"https://{path}")
count = st.integers(0, 2**53)
images = st.builds(Image, url, count, count, text)
files = st.builds(File, url, trait, count)
personas = st.builds(Persona, text, st.lists(trait, max_size=3), st.floats(0, 2).map(lambda heat: heat + 0.0))
documents = st.one_of(
    st.builds(SignUp, st.none() | text, st.none() | text),
    st.builds(Preferences, st.sampled_from(["ja", "en"]), st.sampled_from(["light", "dark", "system"]), st.lists(text)),
    images,
    files,
    personas,
)


@given(document=documents)
def test_every_document_comes_back_as_it_went_in(chat: Database, document: msgspec.Struct) -> None:
    kind = Attachment if isinstance(document, Image | File) else type(document)
    assert msgspec.json.decode(msgspec.json.encode(document), type=kind) == document
    stored = sql("SELECT {d}::text::jsonb", d=msgspec.json.encode(document).decode()).rows(type(document))
    assert chat.scalar(stored) == Success(document)


def profile(tx: Tx, persona: Persona) -> VirtualUserProfile:
    made = unwrap(tx.one(insert(NewVirtualUser(organization_id=make.organization(tx).id, name="Hana")).returning()))
    row = NewVirtualUserProfile(virtual_user_id=made.id, persona=persona)
    return unwrap(tx.one(insert(row).returning()))


@given(old=st.builds(PersonaV1, text, st.lists(text, max_size=3).map(",".join)))
def test_a_persona_of_the_first_version_is_read_as_todays(chat: Database, old: PersonaV1) -> None:
    with chat.transaction(rollback=True) as tx:
        profile(tx, Persona("x"))
        stored = msgspec.json.encode(old).decode()
        unwrap(tx.execute(sql("UPDATE virtual_user_profiles SET persona = {d}::text::jsonb", d=stored).command()))
        found = unwrap(tx.one(select(VirtualUserProfile.persona)))
        assert found == upgraded(old)
        assert msgspec.json.decode(msgspec.json.encode(found), type=Persona) == found
        assert "prompt" not in msgspec.json.encode(found).decode().partition('"instructions"')[0]


def test_a_persona_that_is_none_is_an_error_with_its_path(tx: Tx) -> None:
    profile(tx, Persona("x", ["kind"], 0.5))
    wrong = """UPDATE virtual_user_profiles SET persona = '{{"instructions": "x", "temperature": 3}}'"""
    unwrap(tx.execute(sql(trusted(wrong)).command()))
    assert "$.temperature" in str(tx.one(select(VirtualUserProfile)).failure())
    assert unwrap(tx.scalar(select(VirtualUser.name))) == "Hana"


@pytest.mark.parametrize(
    "document",
    ['{"kind": "image", "url": "http://x", "width": 1, "height": 1}', '{"kind": "film", "url": "https://x"}', "{}"],
)
def test_what_is_no_attachment(document: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(document, type=Attachment)
