"""`explain_policy`: what it lists, with and without a schema."""

from __future__ import annotations

from typing import Any

import pytest

from qb import Col, DefinitionError, Table, column, explain_policy, grant, policy, role, schema, sql

reader, writer = role("explained reader"), role("explained writer")


class Page(Table, name="explained_pages", rls="force"):
    id: Col[int] = column(primary_key=True)
    author: Col[str] = column()


class Plain(Table, name="explained_plain"):
    id: Col[int] = column(primary_key=True)


me = sql("current_user").as_(str, not_null=True)
published = policy(Page, for_="select", using=Page.id > 0, name="published")
own = policy(Page, to=writer, using=Page.author == me, name="own 100% {x}")
signed = policy(Page, for_="update", to=writer, with_check=Page.author != "", restrictive=True, name="signed")
reading = grant("select", on=(Page.id, Page.author), to=reader)
writing = grant("all", on=Page, to=writer)
pages = schema(Page, Plain, reader, writer, published, own, signed, reading, writing)

AS_WRITER = """\
explained_pages as explained writer
  select:
    own 100% {x}: USING ("author" = (current_user))
    published: USING ("id" > '0'::bigint)
  insert:
    own 100% {x}: WITH CHECK ("author" = (current_user))
  update:
    own 100% {x}: USING ("author" = (current_user)) WITH CHECK ("author" = (current_user))
    and signed: WITH CHECK ("author" <> ''::text)
  delete:
    own 100% {x}: USING ("author" = (current_user))"""

AS_READER = """\
explained_pages as explained reader
  select (id, author):
    published: USING ("id" > '0'::bigint)
  insert (no right to it is declared): no row
  update (no right to it is declared): no row
  delete (no right to it is declared): no row"""


def test_each_command_lists_what_it_asks() -> None:
    assert str(explain_policy(Page, writer, pages)) == AS_WRITER
    assert str(explain_policy(Page, "explained reader", pages)) == AS_READER
    assert explain_policy(Page, writer, pages) == explain_policy(Page, writer.name, pages)


def test_without_a_schema_it_looks_at_the_tables_module() -> None:
    found = explain_policy(Page, reader)
    assert str(found) == AS_READER
    assert {each.name for command in explain_policy(Page, writer).commands for each in command.policies} == {
        "published",
        "own 100% {x}",
        "signed",
    }


def test_a_table_without_row_security() -> None:
    found = explain_policy(Plain, reader, pages)
    assert not found.secured
    assert str(found).splitlines()[:2] == [
        "explained_plain as explained reader: there is no row security",
        "  select (no right to it is declared): every row",
    ]


@pytest.mark.parametrize(("table", "said"), [(int, "takes a table class"), (Plain, "is not in the schema")])
def test_what_it_does_not_explain(table: Any, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        explain_policy(table, reader, schema(Page, published, own, signed, reader, writer))
