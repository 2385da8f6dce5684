"""What a document may not hold: refused where it is written or comes in, by the database, and found where it is."""

import doctest
from typing import Any

import msgspec
import pytest

from pivotal import guards
from pivotal.documents import Address, CustomerMetadata, Metadata, QuoteMetadata, SettingValue
from pivotal.guards import MoneyInMetadata, Refused, body, no_money, throw_if_monetary, validate_metadata
from qb import (
    CheckViolation,
    EncodeError,
    Failure,
    New,
    Patch,
    Success,
    Tx,
    Violation,
    sql,
    trusted,
    unwrap,
    update,
)
from qb import (
    guards as guard_matrix,
)
from tables.pivotal import modules, schema
from tables.pivotal.customers import Customer
from tables.pivotal.organizations import OrganizationSetting, User
from tables.pivotal.quotes import Quote, QuoteLine
from tables.pivotal.seed import ACME, DRAFT, PIVOTAL_FLOW

KEYS = [
    "price", "unitPrice", "Unit-Price", "amount", "netAmount", "total", "sub_total", "subtotal", "cost", "costs",
    "discount", "discountRate", "currency", "currencyCode", "tax", "taxRate", "tax_rate_percent", "rate", "hourlyRate",
    "quantity", "TOTAL", "_price_",
]  # fmt: skip
INNOCENT = ["source", "industry", "taxonomy", "iterate", "separate", "quantities", "notes", "rating", "generated"]


def documents() -> list[tuple[str, str]]:
    """Every JSONB column that there is."""
    found: list[tuple[str, str]] = []
    for table in schema.tables:
        found += [(table.source.name, each.name) for each in table.columns if each.type.wire.is_document]
    return found


def test_every_document_is_under_the_guard() -> None:
    unguarded = [line for line in str(guard_matrix(*modules)).splitlines() if "no guard" in line]
    assert unguarded == []
    assert len(documents()) == 17


@pytest.mark.parametrize("key", KEYS)
def test_money_is_found_under_every_name(key: str) -> None:
    document = {"source": "crm", "extra": {"lines": [{"ok": 1}, {key: 5}]}}
    assert validate_metadata(document) == Failure(
        Refused(f"$.extra.lines[1].{key}", "money belongs into columns, and not into a document")
    )
    with pytest.raises(MoneyInMetadata, match="money belongs into columns") as raised:
        throw_if_monetary(document)
    assert raised.value.path == f"$.extra.lines[1].{key}"


@pytest.mark.parametrize("key", INNOCENT)
def test_what_only_sounds_like_it_is_let_in(key: str) -> None:
    assert validate_metadata({key: {key: [1]}}) == Success(None)
    throw_if_monetary({key: 1})


@pytest.mark.parametrize(
    "document",
    [b"{", b'{"pr\xffice": 1}', {("price",): 1}, msgspec.Raw(b"["), b"[" * 5_000, {"\ud800": 1}],
    ids=range(6),
)
def test_what_is_no_json_is_refused(document: object) -> None:
    assert validate_metadata(document).failure().path == "$"


def test_money_is_found_in_every_container() -> None:
    for document in (({"price": 1},), {"a": [({"price": 1},)]}, {"a": msgspec.Raw(b'{"price": 1}')}):
        assert "price" in validate_metadata(document).failure().path
        with pytest.raises(MoneyInMetadata):
            throw_if_monetary(document)


@pytest.mark.parametrize(("table", "column"), documents(), ids=".".join)
def test_the_database_refuses_a_hostile_document_in_every_column(tx: Tx, table: str, column: str) -> None:
    """Whoever writes it: a row for each column that the guard is for, and each name of money."""
    (definition,) = text(
        tx, f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{table}_{column}_guard'"
    )
    copied = f"CREATE TEMP TABLE held ({column} jsonb, CONSTRAINT held_guard {definition}) ON COMMIT DROP"
    unwrap(tx.execute(sql(trusted(copied.replace("{", "{{").replace("}", "}}"))).command()))
    for key in KEYS:
        hostile = msgspec.json.encode({"extra": [{"a": {key: 1}}]}).decode()
        said = sql(trusted(f"INSERT INTO held ({column}) VALUES ({{d}}::text::jsonb)"), d=hostile)
        refused = tx.transact(lambda inner, said=said: inner.execute(said.command())).failure()  # type: ignore[misc]
        assert isinstance(refused, CheckViolation)
        assert refused.constraint == "held_guard"
    for key in INNOCENT:
        innocent = msgspec.json.encode({"extra": [{"a": {key: 1}}]}).decode()
        said = sql(trusted(f"INSERT INTO held ({column}) VALUES ({{d}}::text::jsonb)"), d=innocent)
        unwrap(tx.execute(said.command()))
    unwrap(tx.execute(sql("DROP TABLE held").command()))


def text(tx: Tx, query: str) -> list[str]:
    return unwrap(tx.all(sql(trusted(query)).rows(str)))


@pytest.mark.parametrize("key", KEYS)
def test_a_write_is_a_failure_with_the_path(tx: Tx, key: str) -> None:
    held = QuoteMetadata(extra={"from": [{key: 7}]})
    changed = update(Quote).set(Quote.metadata.to(held)).where(Quote.id == DRAFT)
    failure = tx.transact(lambda inner: inner.execute(changed)).failure()
    assert isinstance(failure, EncodeError)
    assert "the guard no_money refuses a key that it holds, at $.extra" in str(failure)
    assert "7" not in str(failure)


def test_rows_that_were_there_before_the_guard_are_found(tx: Tx) -> None:
    assert unwrap(tx.all(guard_matrix(*modules).audit())) == []
    for said in (
        "ALTER TABLE customers DROP CONSTRAINT customers_metadata_guard",
        """UPDATE customers SET metadata = '{{"extra": {{"Unit-Price": 2}}}}' WHERE name = 'Acme Corp'""",
    ):
        unwrap(tx.execute(sql(trusted(said)).command()))
    (found,) = unwrap(tx.all(guard_matrix(*modules).audit()))
    assert found == Violation("customers", "metadata", [str(ACME)], ["Unit-Price"])


# ---------------------------------------------------------------- what comes in

OURS = {"organization_id": str(PIVOTAL_FLOW), "quote_id": str(DRAFT)}
LINE = {**OURS, "position": 3, "description": "x", "quantity": "1.5", "unit_price": "10"}
BODIES: list[tuple[type[Any], dict[str, Any], str]] = [
    (New[QuoteLine], {**LINE, "metadata": {"extra": {"price": 1}}}, "$.metadata.extra.price"),
    (New[QuoteLine], {**LINE, "metadata": {"tags": [1]}}, "$.metadata.tags[0]"),
    (New[QuoteLine], {**LINE, "total": "1"}, "$"),
    (Patch[OrganizationSetting], {"value": {"value": "x", "total": 5}}, "$.value.total"),
    (Patch[Customer], {"address": {"street": "x", "city": "y", "country": "NZL"}}, "$.address.country"),
    (Patch[Customer], {"metadata": {"extra": {"a": [{"totalCost": 1}]}}}, "$.metadata.extra.a[0].totalCost"),
    (Patch[User], {"metadata": {"extra": {"currency": "NZD"}}}, "$.metadata.extra.currency"),
]


@pytest.mark.parametrize(("kind", "given", "path"), BODIES, ids=[path for _, _, path in BODIES])
def test_a_body_is_refused_with_the_path(kind: type[Any], given: dict[str, Any], path: str) -> None:
    assert body(kind, msgspec.json.encode(given)).failure().path == path


def test_a_body_that_fits_is_a_row() -> None:
    made: Any = body(New[QuoteLine], msgspec.json.encode({**LINE, "metadata": {"source": "web"}})).unwrap()
    assert made.metadata == Metadata(source="web")
    assert isinstance(body(New[QuoteLine], b"["), Failure)
    assert isinstance(body(New[QuoteLine], b"[]"), Failure)


@pytest.mark.parametrize("depth", [990, 3_000, 100_000])
def test_a_deep_body_is_refused(depth: int) -> None:
    text = msgspec.json.encode({**LINE, "metadata": {"extra": {"a": "deep"}}})
    deep = text.replace(b'"deep"', b'{"a":' * depth + b"1" + b"}" * depth)
    assert "nested too deeply" in body(New[QuoteLine], deep).failure().reason


def test_a_body_that_is_no_utf8_is_refused() -> None:
    text = msgspec.json.encode({**LINE, "metadata": {"extra": {"prXice": 1}}}).replace(b"X", b"\xff")
    assert body(New[QuoteLine], text).failure().reason == "JSON is malformed: it is no UTF-8"


def test_every_guarded_column_is_one_that_a_body_is_asked_for() -> None:
    assert {column for _, column in documents()} == {"metadata", "address", "value"}
    for each in (Address("x", "y", "NZ"), CustomerMetadata(), SettingValue(True)):
        assert no_money.find(each) is None


def test_examples_in_docstrings() -> None:
    found = doctest.testmod(guards)
    assert (found.attempted > 0, found.failed) == (True, 0)
