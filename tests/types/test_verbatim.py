"""Types that keep what the server's text says, without a server."""

from __future__ import annotations

import datetime as dt
import pickle
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb.types import pg
from qb.types.server_text import ServerText
from qb.types.verbatim import Verbatim, VerbatimArray, verbatim

SPANS = st.timedeltas(min_value=dt.timedelta(days=-999_999), max_value=dt.timedelta(days=999_999))
NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False)
DOCUMENTS: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
    max_leaves=10,
)


def read(type_: Any, text: str) -> Any:
    decode = verbatim(type_).decoder(object)
    assert decode is not None
    return decode(text)


@given(DOCUMENTS)
def test_documents_are_read_as_they_were_written(value: object) -> None:
    again = read(pg.jsonb, verbatim(pg.jsonb).literal(value))
    assert again == value
    assert verbatim(pg.jsonb).literal(again) == verbatim(pg.jsonb).literal(value)


@given(SPANS)
def test_intervals(value: dt.timedelta) -> None:
    assert read(pg.interval, verbatim(pg.interval).literal(value)) == value


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "24:00:00", "2024-1-1", "20240101", "2024-W01-1", "2024-01-01T00:00:00"]
)
def test_what_only_python_reads_is_no_date(text: str) -> None:
    assert read(pg.date, text) == ServerText("date", text)


def test_those_that_lose_nothing_are_as_they_were() -> None:
    for type_ in (pg.bigint, pg.numeric, pg.text, pg.uuid, pg.bytea, pg.boolean, pg.double_precision, pg.xml):
        assert verbatim(type_) is type_
    assert isinstance(verbatim(pg.date), Verbatim)
    assert isinstance(verbatim(pg.array(pg.bigint)), VerbatimArray)
    assert verbatim(pg.array(pg.date)) == verbatim(pg.array(pg.date)) != pg.array(pg.date)
    assert verbatim(pg.date) != pg.date
    assert pickle.loads(pickle.dumps(verbatim(pg.array(pg.date)))) == verbatim(pg.array(pg.date))


def test_refused_without_the_value() -> None:
    for type_, value, said in (
        (pg.date, ServerText("text", "secret"), "date takes no ServerText of another type, text"),
        (pg.jsonb, [Decimal("NaN")], "JSON has neither NaN nor infinity"),
        (pg.jsonb, {"secret": float("inf")}, "JSON has neither NaN nor infinity"),
        (pg.jsonb, ["\0"], "cannot hold NUL"),
        (pg.interval, 5, "interval takes timedelta, not int"),
        (pg.array(pg.date), [ServerText("text", "secret")], "date takes no ServerText"),
    ):
        with pytest.raises((TypeError, ValueError), match=said) as raised:
            verbatim(type_).literal(value)
        assert "secret" not in str(raised.value)


def test_a_document_deeper_than_python_goes_is_its_text() -> None:
    text = "[" * 100_000 + "]" * 100_000
    assert read(pg.json, text) == ServerText("json", text)
