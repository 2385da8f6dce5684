"""Where a database gives all to a role by default, our tables give it what we say."""

import pytest

from qb import Db, Outcome, Script, Success, Tx, connect, create_all, sql, trusted, unwrap
from qb.run.server.embedded import Embedded
from qb.types.identifier import quoted
from qb.typing import Schema
from tables import archetype, chronos, pivotal, promptliano, supabase_chat
from tables.only_granted import only_granted, roles_of, truncatable
from tables.scratch import scratch_database

HELD = """
    SELECT r.rolname || ' ' || c.oid::regclass || ' ' || p FROM pg_class c, pg_roles r,
      unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
    WHERE r.rolname = ANY ({roles}) AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
      AND has_table_privilege(r.oid, c.oid, p) ORDER BY 1
    """


def held(db: Db, schema: Schema) -> list[str]:
    """What the roles of a schema may do with whole tables."""
    return unwrap(db.all(sql(HELD, roles=roles_of(schema)).rows(str)))


def roles_first(db: Db, schema: Schema) -> None:
    """All of each new table for each role of the schema, as Supabase and many others have it."""
    for name in roles_of(schema):
        if unwrap(db.scalar(sql("SELECT count(*) FROM pg_roles WHERE rolname = {n}", n=name).rows(int))) == 0:
            unwrap(db.run(Script(trusted(f"CREATE ROLE {quoted(name)}"))))
        given = f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO {quoted(name)}"
        unwrap(db.run(Script(trusted(given))))


SYSTEMS = [chronos.schema, supabase_chat.schema]


@pytest.mark.slow
@pytest.mark.parametrize("schema", SYSTEMS, ids=lambda schema: str(schema.name))
def test_no_role_has_more_than_it_was_granted(qb_server: Embedded, schema: Schema) -> None:
    with scratch_database(qb_server.url) as url, connect(url) as db:
        unwrap(db.run(create_all(schema, stand_ins=True, if_not_exists=True)))
        assert unwrap(db.all(truncatable(schema))) == []
        wanted = held(db, schema)
    with scratch_database(qb_server.url) as url, connect(url) as db:
        roles_first(db, schema)

        def made(tx: Tx) -> Outcome[int]:
            unwrap(tx.run(create_all(schema, stand_ins=True, if_not_exists=True)))
            assert unwrap(tx.all(truncatable(schema)))  # which is what all this is about
            return tx.run(only_granted(schema))

        unwrap(db.transact(made))
        ours = {table.source.name for table in schema.tables if not table.external}
        assert [each for each in held(db, schema) if each.split(" ")[1] in ours] == [
            each for each in wanted if each.split(" ")[1] in ours
        ]
        assert isinstance(db.run(only_granted(schema)), Success)
        assert [each for each in unwrap(db.all(truncatable(schema))) if each.split(" ")[1] in ours] == []


@pytest.mark.parametrize("schema", [archetype.schema, pivotal.schema, promptliano.schema], ids=lambda s: str(s.name))
def test_the_others_grant_nothing_to_anybody(schema: Schema) -> None:
    assert only_granted(schema).statements == ()
