"""What roles may do with our tables is what was granted by name, and nothing that a default of the database adds.

A database may give every new table to a role by default privileges: Supabase gives all of it to `anon` and
`authenticated`, and who sets up Directus often does so for its role. All of it is TRUNCATE, too, which asks no policy
and fires no trigger of a row. https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html
"""

from qb import Rows, Script, create_all, sql, trusted
from qb.types.identifier import quoted
from qb.typing import Schema


def only_granted(schema: Schema) -> Script:
    """What takes back from the roles of a schema whatever its own tables gave them by default, and grants what it says.

    It runs after `create_all`, in the same transaction, and may run again:
    `db.transact(lambda tx: tx.run(create_all(schema)).bind(lambda _: tx.run(only_granted(schema))))`.
    """
    roles = ", ".join(map(quoted, roles_of(schema)))
    ours = [each.source for each in schema.tables if roles and not each.external]
    revoked = [
        f"REVOKE ALL ON TABLE {'.'.join(quoted(name) for name in (each.schema, each.name) if name)} FROM {roles}"
        for each in ours
    ]
    granted = [each for each in create_all(schema).statements if each.startswith("GRANT ")]
    return Script(trusted(";\n".join((*revoked, *granted)))) if revoked or granted else Script()


def roles_of(schema: Schema) -> list[str]:
    """The roles that a schema names, whoever makes them."""
    return [each.identity.name for each in schema.objects if each.kind == "role"]


def truncatable(schema: Schema) -> Rows[str]:
    """Which tables a role of a schema may truncate, as `role table`."""
    return sql(
        """
        SELECT r.rolname || ' ' || c.oid::regclass FROM pg_class c, pg_roles r
        WHERE r.rolname = ANY ({roles}) AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
          AND has_table_privilege(r.oid, c.oid, 'TRUNCATE') ORDER BY 1
        """,
        roles=roles_of(schema),
    ).rows(str)
