"""Guards: what no document may hold, in Python, in the database, and in the rows that are there."""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import (
    CheckViolation,
    Col,
    Database,
    Db,
    DefinitionError,
    EncodeError,
    Outcome,
    Success,
    Table,
    Tx,
    Violation,
    column,
    create_all,
    guard,
    guards,
    identity,
    insert,
    new,
    patch,
    pg,
    schema,
    select,
    sql,
    update,
)
from qb.typing import Update

money = guard("money", "price", "unit_price", "*amount*")


class Line(msgspec.Struct, frozen=True):
    note: str
    extra: dict[str, object] = {}


class Meta(msgspec.Struct, frozen=True):
    lines: list[Line] = []


class Quote(Table, name="guarded 'quotes'"):
    id: Col[int] = column(primary_key=True, default=identity())
    total: Col[int] = column(default=0)
    meta: Col[Meta | None] = column(pg.jsonb, default=None, name="the meta", guard=money)
    raw: Col[msgspec.Raw | None] = column(pg.json, default=None, guard=money)
    free: Col[dict[str, object]] = column(pg.jsonb, default={})


class Loose(Table, name="guarded_loose"):
    document: Col[object] = column(pg.jsonb, guard=money)


NewQuote = new(Quote)
HELD = Meta([Line("x"), Line("y", {"a": {"netAmount": 3}})])


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(Quote, Loose))).unwrap()
    return qb_tx


@pytest.mark.parametrize("document", [b'{"PRICE": 1}', b'[{"a": [[{"Unit-Price": 1}]]}]', b'{"x": {"_price_": null}}'])
def test_a_key_is_found_at_any_depth_in_any_writing(document: bytes) -> None:
    assert money.find(document) is not None
    assert money.find(document.decode()) == money.find(msgspec.json.decode(document)) == money.find(document)


def test_the_path_to_it_is_told() -> None:
    assert money.find({"lines": [{"note": "x"}, {"extra": {"netAmountEUR": 1}}]}) == "$.lines[1].extra.netAmountEUR"
    assert money.find(HELD) == "$.lines[1].extra.a.netAmount"
    assert money.find({"prices": 1, "note": '"price":', "xprice": [1, "price"]}) is None


def executed(change: Update[Quote], tx: Db) -> Outcome[int]:
    return tx.execute(change)


def test_a_write_that_holds_it_fails_and_shows_no_content(tx: Tx) -> None:
    before = tx.one(insert(NewQuote(meta=Meta([Line('"price":')]))).returning()).unwrap()
    said = '"the meta" cannot be sent: the guard money refuses a key that it holds, at $.lines[1].extra[...][...]'
    changed = [
        update(Quote).set(Quote.meta.to(HELD)).where(Quote.id == 1),
        update(Quote).patch(patch(Quote)(meta=HELD)).where(Quote.id == 1),
    ]
    for failure in (
        tx.transact(lambda inner: inner.execute(insert(NewQuote(meta=HELD)))).failure(),
        tx.transact(lambda inner: inner.insert_many([NewQuote(), NewQuote(meta=HELD)])).failure(),
        *(tx.transact(partial(executed, each)).failure() for each in changed),
    ):
        assert isinstance(failure, EncodeError)
        assert str(failure).endswith(said)
    assert tx.all(select(Quote)) == Success([before])


@pytest.mark.parametrize("document", [b'{"pr\\u0069ce": 1}', b'{"a\\"amount\\"b": 1}', b'{ "price" : 1}'])
def test_what_others_have_written_hides_no_key(document: bytes) -> None:
    column: Any = Quote.raw.stored
    with pytest.raises(ValueError, match=r"the guard money refuses a key that it holds, at \$\[...\]"):
        column.encode(msgspec.Raw(document))


def test_the_database_keeps_it_out_too(tx: Tx) -> None:
    for name in ('"the meta"', "raw"):
        text = f"""INSERT INTO "guarded 'quotes'" ({name}) VALUES ('{{{{"a": [1, {{{{"Unit-Price": 2}}}}]}}}}')"""

        def write(inner: Tx, text: str = text) -> Any:
            return inner.execute(sql(cast("Any", text)).command())

        failure = tx.transact(write).failure()
        assert isinstance(failure, CheckViolation)
        assert "_guard" in str(failure)
    assert tx.execute(sql("""INSERT INTO guarded_loose VALUES ('"price"')""").command()) == Success(1)


def test_rows_that_were_there_before_are_found(tx: Tx) -> None:
    tx.execute(
        sql("""ALTER TABLE "guarded 'quotes'" DROP CONSTRAINT "guarded 'quotes'_the meta_guard" """).command()
    ).unwrap()
    tx.execute(sql("ALTER TABLE guarded_loose DROP CONSTRAINT guarded_loose_document_guard").command()).unwrap()
    tx.execute(insert(NewQuote(meta=Meta([Line("fine")])), NewQuote())).unwrap()
    held = '{{"a": [{{"Unit-Price": 2, "b": {{"\\namount": 3, "price": {{"price": 1}}}}}}]}}'
    tx.execute(
        sql(cast("Any", f"""INSERT INTO "guarded 'quotes'" ("the meta") VALUES ('{held}')""")).command()
    ).unwrap()
    tx.execute(sql("""INSERT INTO guarded_loose VALUES ('[{{"amount": 1}}]')""").command()).unwrap()
    found = tx.all(guards(Quote, Loose).audit()).unwrap()
    assert [
        msgspec.structs.replace(each, keys=sorted(each.keys)) for each in sorted(found, key=lambda one: one.table)
    ] == [
        Violation("guarded 'quotes'", "the meta", [3], ["\namount", "Unit-Price", "price"]),
        Violation("guarded_loose", "document", ["(0,1)"], ["amount"]),
    ]


def test_the_matrix_shows_what_is_guarded() -> None:
    keys = "(price, unit_price, *amount*)"
    assert str(guards(Quote, Loose)).splitlines() == [
        "table             columns    documents",
        f"guarded 'quotes'  id, total  the meta: money {keys}; raw: money {keys}; free: no guard",
        f"guarded_loose     -          document: money {keys}",
    ]
    assert repr(guards(Quote, Loose)) == "<guards of 3 columns in 2 tables>"


KEYS = st.sampled_from(
    [
        *("price", "Price", "pri_ce", "prices", "unitPrice", "UNIT__PRICE", "unit price", "unitprice", "unit-Price-"),
        *("amount", "xAmountx", "a\nmount", "amount\n", "a\namount\nb", "amöunt", "ämount", "_price", "pr\\ice"),
        *('x"amount', "", "İprice"),
    ]
)
DOCUMENTS = st.recursive(
    st.none() | st.integers(0, 3) | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(document=DOCUMENTS)
def test_python_and_the_database_refuse_the_same(document: object, qb_db: Database) -> None:
    """The one that judges in Python, quick look and whole look, and the one in the CHECK."""
    text = msgspec.json.encode(document).decode()
    exists = sql("SELECT jsonb_path_exists({d}::text::jsonb, {p}::text::jsonpath)", d=text, p=money.jsonpath)
    refused = qb_db.scalar(exists.rows(bool)).unwrap()
    assert (money.find(text) is not None) is refused
    assert (money.why(text.encode(), frozenset()) is not None) is refused


def test_a_guard_is_a_value() -> None:
    assert guard("money", "price", "price") == guard("money", "price") != guard("other", "price")
    assert pickle.loads(pickle.dumps(money)) == money
    assert hash(pickle.loads(pickle.dumps(money))) == hash(money)
    assert pickle.loads(pickle.dumps(Quote.meta.stored)) == Quote.meta.stored
    assert repr(money) == "<guard 'money' of price, unit_price, *amount*>"


@pytest.mark.parametrize("key", ["", "*", "a b", "pr*ce", "x'); --", "ä", "_", "a.b", "**a", '"'])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(DefinitionError, match=r"guard\('money'\): .* is no key that it can look for: ASCII letters"):
        guard("money", key)


def test_misuses_are_told() -> None:
    untyped: Any = guard
    with pytest.raises(
        DefinitionError, match=r"""guard\('money'\) takes the names of keys: guard\('money', "price","""
    ):
        guard("money")
    with pytest.raises(DefinitionError, match=r"guard\('money'\) takes the names of keys"):
        untyped("money", ["price"])
    with pytest.raises(DefinitionError, match=r"wrong.title: a guard is for documents, json or jsonb, not text"):

        class Wrong(Table, name="wrong"):
            title: Col[str] = column(pg.text, guard=money)

        Wrong(title="x")

    with pytest.raises(DefinitionError, match=r"guard takes what guard\(...\) makes, not 'price'"):
        column(pg.jsonb, guard=cast("Any", "price"))

    class Free(Table, name="free"):
        id: Col[int] = column(primary_key=True)

    with pytest.raises(DefinitionError, match="no column of these tables has a guard: write column"):
        guards(Free).audit()
