"""What a statement destroys or changes, as its text says."""

from __future__ import annotations

import pytest

from qb.kit.history.losses import losses, same_loss


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("drop table a, app.b cascade", ["drop-table:a", "drop-table:app.b"]),
        ('DROP TABLE IF EXISTS "A""b", public.c', ['drop-table:A"b', "drop-table:public.c"]),
        ("drop foreign table f", ["drop-table:f"]),
        ("drop schema s cascade", ["drop-schema:s"]),
        ("drop type t; drop domain d; drop sequence q; drop extension e",
         ["drop-type:t", "drop-type:d", "drop-sequence:q", "drop-extension:e"]),
        ("drop owned by ada", ["drop-owned:ada"]),
        ("drop view v; drop index i; drop function f(); drop trigger t on x; drop policy p on x", []),
        ("alter table t drop column if exists c, drop d cascade, drop constraint x, add drop_me int",
         ["drop-column:t.c", "drop-column:t.d"]),
        ('alter table if exists only app."T" drop "constraint"', ["drop-column:app.T.constraint"]),
        ("alter table t alter c type int using (c::int), alter column d set data type text, alter e drop not null",
         ["retype:t.c", "retype:t.d"]),
        ("alter table t alter c set default (1), drop default", []),
        ("alter type t drop attribute a, add attribute b int", ["drop-attribute:t.a"]),
        ("alter type t add value 'drop'", []),
        ("truncate a, only b * , c restart identity", ["truncate:a", "truncate:b", "truncate:c"]),
        ("truncate table a", ["truncate:a"]),
        ("delete from only a where x = 1", ["delete:a"]),
        ("update a set x = 1", ["update:a"]),
        ("update only app.a as t set x = 1", ["update:app.a"]),
        ("merge into a using b on true when matched then delete", ["update:a"]),
        ("insert into a values (1)", []),
        ("insert into a values (1) on conflict (x) do update set x = 2", ["update:a"]),
        ("with gone as (delete from a returning *) insert into b select * from gone", ["delete:a"]),
        ("with x as (select 1) update a set y = 1", ["update:a"]),
        ("select 1 from a for update; select 'drop table a'; -- drop table a", []),
        ("create function f() returns void begin atomic delete from a; end", []),
        ("create function f() returns void language sql as 'delete from a'", []),
        ("create trigger t before delete or update on a execute function f()", []),
        ("do $$ begin if true then drop table a; end if; update b set x = 1; end $$", ["drop-table:a", "update:b"]),
        ("do language plpgsql $x$ begin delete from a; end $x$", ["delete:a"]),
        ("update a set x = 1; update a set y = 1", ["update:a", "update:a"]),
    ],
)  # fmt: skip
def test_what_is_lost(text: str, wanted: list[str]) -> None:
    assert [each.name for each in losses(text)] == wanted


def test_they_have_their_places() -> None:
    found = losses("SELECT 1;\n  DROP TABLE a;", "m/up.sql")
    assert [str(each) for each in found] == ["m/up.sql:2:3: drop-table:a"]
    assert [each.destroys for each in losses("DROP TABLE a; DELETE FROM b")] == [True, False]


def test_a_table_that_is_made_anew_is_called_what_it_is() -> None:
    text = """ALTER TABLE "app"."t" DETACH PARTITION x; ALTER TABLE "app"."t" SET SCHEMA "qb_aside_1f";
    ALTER TABLE u SET SCHEMA other; DROP TABLE "qb_aside_1f"."t", other.u; ALTER TABLE qb_aside_1f.t DROP x"""
    assert [each.name for each in losses(text)] == [
        "drop-table:app.t",
        "drop-table:other.u",
        "drop-column:qb_aside_1f.t.x",
    ]


def test_the_schema_public_may_be_left_out() -> None:
    assert same_loss("drop-column:public.a.b") == same_loss("drop-column:a.b") != same_loss("drop-column:app.a.b")
