"""What servers write in two ways that are one, and what only looks so."""

from __future__ import annotations

import pytest

from qb.kit.diffs.spelling import one_spelling, same_but_for_casts

SAME = [
    ("(price > (0)::numeric)", "(price > '0'::numeric)"),
    ("((v)::text = ('x'::character varying)::text)", "((v)::text = 'x'::text)"),
    ("0", "'0'::numeric"),
    ("1.50", "'1.50'::numeric"),
    ("'-1'::integer", "'-1'::bigint"),
    ("(2)::double precision", "'2'::double precision"),
    ("(n > ('-1'::integer)::numeric)", "(n > '-1'::numeric)"),
    ("(f > (0.50)::double precision)", "(f > '0.5'::double precision)"),
    ("f((1)::bigint)", "f('1'::bigint)"),
    ("(x IS DISTINCT FROM (0)::numeric)", "(x IS DISTINCT FROM '0'::numeric)"),
    ("((v)::text = ANY (ARRAY['a'::text]))", "((v)::text = ANY ((ARRAY['a'::character varying])::text[]))"),
    ("(((a >= 1) AND (a <= 5)) AND b)", "((a >= 1) AND (a <= 5) AND b)"),
    ("((((a OR b) OR c)) OR d)", "(((a OR b OR c)) OR d)"),
]
OTHER = [
    ("(id > 1)", "(id > '1'::bigint)"),
    ("lower('x')::text", "'x'::text"),
    ("abs(2)::numeric", "'2'::numeric"),
    ("'(0)::numeric'::text", "'''0''::numeric'::text"),
    ("((a AND b) OR c)", "(a AND b OR c)"),
    ("(a AND (b AND c))", "(a AND (b OR c))"),
    ("(n > (0)::numeric)", "(n > (1)::numeric)"),
    ("('x'::character varying(1))::text", "'x'::text"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_is_one(one: str, other: str) -> None:
    assert same_but_for_casts(one, other)
    assert same_but_for_casts(other, one)
    assert one_spelling(one) == one_spelling(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_what_only_looks_so(one: str, other: str) -> None:
    assert not same_but_for_casts(one, other)
    assert not same_but_for_casts(other, one)
    assert one_spelling(one) != one_spelling(other)
