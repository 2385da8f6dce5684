"""What a statement destroys or changes, as its text says."""

from __future__ import annotations

import pytest

from qb.kit.history.losses import losses, same_loss

KNOWN_BLOCK = """do $$
declare n numeric(5, 2);
begin
    if not exists (select from pg_roles where rolname = 'a') then create role a; end if;
    create table t (id int, unique (id)); alter table t add check (id > 0);
    grant execute on function f() to a; insert into t (id) values (1);
    for r in (select lower(x) from t) loop raise notice '%', (r); end loop;
exception when duplicate_object then null;
end$$"""
KNOWN_QUERY = """with x (a) as (select 1), y (a, b) as (select 2, 3), z(c) as materialized (select 1)
    insert into t (a) select * from x, generate_series(1, 2) as g(i)"""


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
        ("alter table t alter c set default (1), alter d drop default", []),
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
        ("alter table t drop identity, drop expression cascade",
         ["drop-column:t.identity", "drop-column:t.expression"]),
        ('drop table "my.notes", app."my.notes", "public.notes"',
         ['drop-table:"my.notes"', 'drop-table:app."my.notes"', 'drop-table:"public.notes"']),
        ('alter table "a.b" drop "c.d"', ['drop-column:"a.b"."c.d"']),
        # what a statement has within it
        ("do 'begin delete from a; end'", ["delete:a"]),
        ("do 'begin update a set x = ''1''; '\n'delete from b; end'", ["update:a", "delete:b"]),
        ("do language 'plpgsql' $$begin delete from a; end$$", ["delete:a"]),
        ("do $$begin delete from a; end$$ language plpgsql", ["delete:a"]),
        ("do e'begin delete from a; end'", ["unknown:do"]),
        ("do language plpython3u $$plpy.execute('delete from a')$$", ["unknown:do"]),
        ("do $$begin execute 'delete from a'; end$$", ["unknown:do"]),
        ("do $$begin execute format('truncate %I', 'a'); end$$", ["unknown:do"]),
        ("do $$begin perform fill(); x := app.count(1); if gone() then null; end if; end$$",
         ["unknown:fill", "unknown:app.count", "unknown:gone"]),
        (KNOWN_BLOCK, []),
        ("explain analyze delete from a", ["delete:a"]),
        ("explain (verbose, analyze true) update a set x = 1", ["update:a"]),
        ("explain delete from a; explain (verbose) select f()", ["unknown:f"]),
        ("prepare p (int) as delete from a where x = $1; execute p (1)", ["delete:a", "unknown:execute"]),
        ("copy (delete from a returning id) to '/tmp/x'", ["delete:a"]),
        ("copy a (b, c) from '/tmp/x'", []),
        ("copy a to program 'rm -rf /'", ["unknown:program"]),
        ("create table b as with gone as (delete from a returning *) select f(x) from gone", ["delete:a", "unknown:f"]),
        ("create temp table b (x) as select pg_catalog.lower(y) from a", []),
        ("declare c cursor for select f(x) from a", ["unknown:f"]),
        # what may do anything
        ("select fill(); select app.\"Fill\"(1), now(); call p(1); values (g())",
         ["unknown:fill", "unknown:app.Fill", "unknown:p", "unknown:g"]),
        ("select \"lower\"(x), other.lower(x), distinct_on(x) from t", ["unknown:lower", "unknown:other.lower",
         "unknown:distinct_on"]),
        ("select distinct on (a) f(b) from t", ["unknown:f"]),
        ("insert into a (b, c) select slug(x), x::vector(3), cast(x as app.v(3)) from t as t (x), u join v (y) on g(y)",
         ["unknown:slug", "unknown:v", "unknown:g"]),
        (KNOWN_QUERY, []),
        ("load 'evil'; frobnicate t", ["unknown:load", "unknown:frobnicate"]),
        ("truncate a cascade; drop server s cascade; drop index v cascade; drop collation c", ["truncate:a",
         "unknown:cascade", "unknown:cascade"]),
        ("select set_config('a.b', '1', true), nextval('s'); set a.b = 1; lock table a; vacuum a", []),
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
