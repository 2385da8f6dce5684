"""Names that are told, and what follows from them: columns of partitions and of what inherits, grants, keys."""

from __future__ import annotations

from qb import Database, Script, Tx, sql, trusted
from qb.kit import Identity, introspect
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.plan import plan
from qb.render.literals import string_literal
from tests.kit.planning.wholes import run

PARTS = """
CREATE TABLE t (id int NOT NULL, k int NOT NULL) PARTITION BY HASH (id);
CREATE TABLE t0 PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0) PARTITION BY HASH (k);
CREATE TABLE t00 PARTITION OF t0 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
"""


def there_and_back(tx: Tx, change: str, told: dict[str, str]) -> MigrationPlan:
    """The plan of a change to what is there: tried up, down, and up again."""
    before = introspect(tx).unwrap()
    with tx.transaction(rollback=True) as inner:
        inner.run(Script(trusted(change))).unwrap()
        after = introspect(inner).unwrap()
    made = plan(before, after, renamed=told, plain=True)
    for steps, wanted in ((made.up, after), (made.down, before), (made.up, after)):
        run(tx, steps)
        assert fingerprint(introspect(tx).unwrap()) == fingerprint(wanted)
    return made


def test_the_key_of_partitions_of_partitions(bare: Database) -> None:
    with bare.transaction(rollback=True) as tx:
        tx.run(Script(trusted(PARTS), "INSERT INTO t SELECT n, n * 2 FROM generate_series(1, 5) n")).unwrap()
        made = there_and_back(tx, "ALTER TABLE t RENAME k TO kind", {"column public.t.k": "kind"})
        assert [each.sql for each in made.up] == ['ALTER TABLE "public"."t" RENAME COLUMN "k" TO "kind"']
        assert tx.all(sql("SELECT kind FROM t ORDER BY 1").rows(int)).unwrap() == [2, 4, 6, 8, 10]


def test_what_inherits_it_has_the_new_name_by_itself(bare: Database) -> None:
    with bare.transaction(rollback=True) as tx:
        tx.run(
            Script("CREATE TABLE p (a int)", "CREATE TABLE c (b int) INHERITS (p)", "INSERT INTO c VALUES (7, 8)")
        ).unwrap()
        told = {"column public.p.a": "z", "table public.c": "d", "column public.c.a": "z"}
        made = there_and_back(
            tx, "ALTER TABLE p RENAME a TO z; ALTER TABLE c RENAME TO d; ALTER TABLE d ALTER b TYPE bigint", told
        )
        assert not made.loses
        assert tx.one(sql("SELECT z, b FROM d").rows(tuple[int, int])).unwrap() == (7, 8)


def test_a_not_null_whose_name_another_column_has_until_it_goes(bare: Database) -> None:
    with bare.transaction(rollback=True) as tx:
        tx.run(Script("CREATE TABLE t (id int NOT NULL)")).unwrap()
        there_and_back(tx, "ALTER TABLE t RENAME id TO number", {})


def test_what_was_granted_is_revoked_by_the_new_names(bare: Database) -> None:
    with bare.transaction(rollback=True) as tx:
        tx.run(Script("CREATE TABLE t (a int, b int)", "GRANT SELECT, UPDATE (a) ON t TO PUBLIC")).unwrap()
        change = "REVOKE ALL ON t FROM PUBLIC; REVOKE ALL (a) ON t FROM PUBLIC; ALTER TABLE t RENAME TO u"
        change += "; ALTER TABLE u RENAME a TO z"
        made = there_and_back(tx, change, {"table public.t": "u", "column public.t.a": "z"})
        assert 'REVOKE UPDATE ("z") ON TABLE "public"."u" FROM PUBLIC' in [each.sql for each in made.up]


def test_labels_that_defaults_and_views_say(bare: Database) -> None:
    with bare.transaction(rollback=True) as tx:
        odd = "\"b  \\\\''"
        tx.run(Script(trusted(f"CREATE TYPE mood AS ENUM ('{odd}', 'so so', 'ok')"))).unwrap()
        many = f"ARRAY['{odd}', 'so so']::mood[]"
        tx.run(
            Script(trusted(f"CREATE TABLE t (a mood DEFAULT '{odd}', b mood[] DEFAULT {many}, c mood DEFAULT 'ok')"))
        ).unwrap()
        tx.run(Script(trusted("ALTER TABLE t ALTER b SET DEFAULT '{\"so so\",ok}'"))).unwrap()
        tx.run(
            Script(trusted(f"CREATE VIEW v AS SELECT a = '{odd}' AS odd, b = '{{ok,\"so so\"}}' AS many FROM t"))
        ).unwrap()
        before = introspect(tx).unwrap()
        type_ = Identity("enum", "public", "", "mood")
        labels = {(type_, "\"b  \\\\'"): "it's", (type_, "so so"): "so", (type_, "ok"): "a, {b}"}
        with tx.transaction(rollback=True) as inner:
            for (_, label), new in labels.items():
                inner.run(
                    Script(trusted(f"ALTER TYPE mood RENAME VALUE {string_literal(label)} TO {string_literal(new)}"))
                ).unwrap()
            after = introspect(inner).unwrap()
        made = plan(before, after, labels=labels, plain=True)
        assert len(made.up) == len(made.down) == 3
        for steps, wanted in ((made.up, after), (made.down, before), (made.up, after)):
            run(tx, steps)
            assert fingerprint(introspect(tx).unwrap()) == fingerprint(wanted)
