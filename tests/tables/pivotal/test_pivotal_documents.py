"""The JSON documents: each comes back as it went in, the older ones as today's."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pivotal.documents import (
    Address,
    CustomerMetadata,
    CustomerMetadataV1,
    Metadata,
    QuoteMetadata,
    SettingValue,
    upgraded,
)
from pivotal.guards import no_money
from qb import Database, Success, Tx, select, sql, unwrap
from tables.pivotal.customers import Customer
from tables.pivotal.seed import ACME

text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9)
name = text.filter(bool)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)
extra = st.dictionaries(text, plain, max_size=3).filter(lambda held: no_money.find(held) is None)
sizes = st.sampled_from(["1-9", "10-99", "100-999", "1000+"])
documents = st.one_of(
    st.builds(Metadata, text, text, st.lists(name, max_size=3), extra),
    st.builds(CustomerMetadata, text, st.none() | sizes, st.none() | text.map(lambda path: f"https://{path}"), extra),
    st.builds(Address, name, name, st.text("ABCXYZ", min_size=2, max_size=2), text),
    st.builds(
        QuoteMetadata, text, st.sampled_from(["plain", "detailed"]), st.sampled_from(["en", "de", "mi"]),
        st.lists(name, max_size=3), extra,
    ),
    st.builds(SettingValue, st.booleans() | text | st.lists(text, max_size=3)),
)  # fmt: skip


@given(document=documents)
def test_every_document_comes_back_as_it_went_in(pivotal: Database, document: msgspec.Struct) -> None:
    kind = type(document)
    assert msgspec.json.decode(msgspec.json.encode(document), type=kind) == document
    stored = sql("SELECT {d}::text::jsonb", d=msgspec.json.encode(document).decode()).rows(kind)
    assert pivotal.scalar(stored) == Success(document)


olds = st.builds(CustomerMetadataV1, text, st.integers(-5, 10**6), text)


def test_a_customer_of_the_first_version_is_read_as_todays(tx: Tx) -> None:
    @given(old=olds)
    def holds(old: CustomerMetadataV1) -> None:
        with tx.transaction(rollback=True) as inner:
            stored = msgspec.json.encode(old).decode()
            changed = sql("UPDATE customers SET metadata = {d}::text::jsonb WHERE id = {id}", d=stored, id=ACME)
            unwrap(inner.execute(changed.command()))
            found = unwrap(inner.one(select(Customer.metadata).where(Customer.id == ACME)))
            assert found == upgraded(old)
            assert msgspec.json.decode(msgspec.json.encode(found), type=CustomerMetadata) == found

    holds()


def test_what_is_empty_is_left_out() -> None:
    assert msgspec.json.encode(Metadata()) == msgspec.json.encode(CustomerMetadata()) == b"{}"
    assert msgspec.json.decode(b"{}", type=QuoteMetadata) == QuoteMetadata()
