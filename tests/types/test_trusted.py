"""SQL text that is vouched for, and what is no text."""

from __future__ import annotations

import re
from typing import Any

import pytest

import qb
from qb import QueryError, Script, Success, Tx, pg, sql, trusted


def test_the_text_comes_back_as_it_is() -> None:
    text = "SELECT '{{}}' -- ä"
    assert trusted(text) is text
    assert Script(trusted(text)).statements == (text,)
    assert pg.custom(trusted(f"bit({len(text)})"), encode=str, decode=str).name == f"bit({len(text)})"


def test_it_runs(qb_tx: Tx) -> None:
    for table in ("pg_class", "pg_type"):
        assert qb_tx.scalar(
            sql(trusted(f"SELECT '{table}'::regclass::text WHERE {{yes}}"), yes=True).rows(str)
        ) == Success(table)


@pytest.mark.parametrize("text", [None, 5, b"SELECT 1", ["SELECT 1"], sql("now()"), Script("SELECT 1")])
def test_what_is_no_text_is_refused(text: Any) -> None:
    kind = type(text).__name__
    with pytest.raises(QueryError, match=f"^trusted takes SQL as text, and this is {kind}: write its text$"):
        trusted(text)
    said = re.escape(f'sql takes SQL as text, sql("now()"), and this is {kind}: write its text')
    with pytest.raises(QueryError, match=f"^{said}$"):
        qb.sql(text)
