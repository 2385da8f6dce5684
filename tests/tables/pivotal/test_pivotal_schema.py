"""What the server makes of the description: tables, keys, money as numeric, documents under guards; all is dropped."""

import pytest

from qb import (
    Database,
    ForeignKeyViolation,
    Outcome,
    Success,
    Tx,
    connect,
    create_all,
    drop_all,
    sql,
    trusted,
    unwrap,
)
from qb.kit import introspect
from qb.run.server.embedded import Embedded
from qb.testing import bare_keys
from tables.pivotal import modules, schema
from tables.scratch import scratch_database
from tests.kit.alone import differences

TABLES = {
    "currencies", "fx_rates", "organizations", "organization_settings", "users", "roles", "user_roles", "customers",
    "contacts", "projects", "project_members", "milestones", "time_entries", "service_categories", "rate_cards",
    "rate_items", "quotes", "quote_lines", "quote_versions", "quote_version_lines", "approval_policies",
    "approval_requests", "invoices", "invoice_lines", "payments", "audit_logs",
}  # fmt: skip


def text(db: Database | Tx, query: str) -> list[str]:
    return unwrap(db.all(sql(trusted(query)).rows(str)))


def test_all_tables_are_there(pivotal: Database) -> None:
    named = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
    assert set(text(pivotal, named)) == TABLES == {table.source.name for table in schema.tables}


def test_money_is_numeric_and_nothing_is_a_float(pivotal: Database) -> None:
    real = """SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'
        AND data_type IN ('real', 'double precision', 'money')"""
    assert text(pivotal, real) == []
    loose = """SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'
        AND data_type = 'numeric' AND numeric_precision IS NULL"""
    assert text(pivotal, loose) == []


def test_no_amount_is_nan(tx: Tx) -> None:
    """Whoever writes it: to PostgreSQL NaN is more than any number, so that `> 0` lets it in."""
    amounts = """SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'
        AND data_type = 'numeric' AND is_generated = 'NEVER' ORDER BY 1"""
    found = text(tx, amounts)
    assert len(found) > 15
    for each in found:
        table, name = each.split(".")
        checks = f"""SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'
            AND conrelid = '{table}'::regclass AND conkey @> ARRAY[(SELECT attnum FROM pg_attribute
            WHERE attrelid = '{table}'::regclass AND attname = '{name}')]"""
        held = " AND ".join(f"({check.removeprefix('CHECK ')})" for check in text(tx, checks))
        others = {other.split(".")[1] for other in found if other.split(".")[0] == table} - {name}
        row = ", ".join([f"'NaN'::numeric AS {name}", *(f"1::numeric AS {other}" for other in sorted(others))])
        taken = tx.scalar(sql(trusted(f"SELECT {held} FROM (SELECT {row}) one")).rows(bool))
        assert taken == Success(False), each


def test_created_read_back_and_dropped(qb_server: Embedded) -> None:
    with scratch_database(qb_server.url, name="pivotal") as url, connect(url) as db:
        before = introspect(db).unwrap()
        unwrap(db.run(create_all(schema)))
        first = introspect(db).unwrap()
        assert isinstance(db.run(create_all(schema, if_not_exists=True)), Success)
        assert differences(first, introspect(db).unwrap()) == ()
        unwrap(db.run(drop_all(schema)))
        assert differences(before, introspect(db).unwrap()) == ()
        unwrap(db.run(create_all(schema)))
        assert differences(first, introspect(db).unwrap()) == ()


def test_every_key_has_a_type_of_its_own() -> None:
    assert bare_keys(*modules) == []


def test_every_foreign_key_has_an_index_that_begins_with_its_columns(pivotal: Database) -> None:
    missing = """SELECT conrelid::regclass::text || '.' || conname FROM pg_constraint c WHERE contype = 'f'
        AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indpred IS NULL
        AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)"""
    assert text(pivotal, missing) == []


def test_nobody_sells_to_another_organizations_customer(tx: Tx) -> None:
    moved = "UPDATE quotes SET customer_id = (SELECT id FROM other)"
    other = """WITH org AS (INSERT INTO organizations (name, slug, currency) VALUES ('x', 'x', 'NZD') RETURNING id),
        other AS (INSERT INTO customers (organization_id, name) SELECT id, 'x' FROM org RETURNING id) """
    failure = tx.transact(lambda inner: inner.execute(sql(trusted(other + moved)).command())).failure()
    assert "quotes_customer_fkey" in str(failure)


OTHERS = [
    ("INSERT INTO rate_cards (organization_id, name, currency, valid_from) SELECT id, 'x', 'NZD', now() FROM org",
     "UPDATE quotes SET rate_card_id = other.id FROM other", "quotes_rate_card_fkey"),
    ("INSERT INTO users (organization_id, email, name) SELECT id, 'a@b.c', 'x' FROM org",
     "UPDATE quotes SET created_by = other.id FROM other", "quotes_author_fkey"),
    ("INSERT INTO roles (organization_id, name) SELECT id, 'x' FROM org",
     """INSERT INTO approval_policies (organization_id, role_id, threshold)
     SELECT organization_id, o.id, 1 FROM quotes, other o""",
     "approval_policies_role_fkey"),
    ("INSERT INTO customers (organization_id, name) SELECT id, 'x' FROM org",
     """INSERT INTO invoices (organization_id, customer_id, quote_id, number, currency)
     SELECT org.id, o.id, q.id, 'I', 'NZD' FROM org, other o, quotes q""",
     "invoices_quote_fkey"),
]  # fmt: skip


@pytest.mark.parametrize(("other", "pointing", "key"), OTHERS, ids=[key for _, _, key in OTHERS])
def test_nothing_points_into_another_organization(tx: Tx, other: str, pointing: str, key: str) -> None:
    org = "INSERT INTO organizations (name, slug, currency) VALUES ('x', 'x', 'NZD') RETURNING id"
    said = sql(trusted(f"WITH org AS ({org}), other AS ({other} RETURNING id) {pointing}")).command()
    failure = tx.transact(lambda inner: inner.execute(said)).failure()
    assert key in str(failure)


THEIRS = """WITH org AS (INSERT INTO organizations (name, slug, currency) VALUES ('x', 'x', 'NZD') RETURNING id),
    person AS (INSERT INTO users (organization_id, email, name) SELECT id, 'a@b.c', 'x' FROM org RETURNING id),
    role AS (INSERT INTO roles (organization_id, name) SELECT id, 'x' FROM org RETURNING id),
    customer AS (INSERT INTO customers (organization_id, name) SELECT id, 'x' FROM org RETURNING id),
    project AS (INSERT INTO projects (organization_id, customer_id, name)
      SELECT org.id, customer.id, 'x' FROM org, customer RETURNING id),
    category AS (INSERT INTO service_categories (organization_id, name) SELECT id, 'x' FROM org RETURNING id),
    card AS (INSERT INTO rate_cards (organization_id, name, currency, valid_from)
      SELECT id, 'x', 'NZD', now() FROM org RETURNING id),
    item AS (INSERT INTO rate_items (organization_id, rate_card_id, service_category_id, code, unit_price)
      SELECT org.id, card.id, category.id, 'x', 1 FROM org, card, category RETURNING id),
    policy AS (INSERT INTO approval_policies (organization_id, role_id, threshold)
      SELECT org.id, role.id, 1 FROM org, role RETURNING id) """
"""One of each kind, of another organization."""
MIXED = {
    "user_roles_user_fkey": "INSERT INTO user_roles (organization_id, user_id, role_id) "
    "SELECT r.organization_id, person.id, r.id FROM roles r, person",
    "user_roles_role_fkey": "INSERT INTO user_roles (organization_id, user_id, role_id) "
    "SELECT u.organization_id, u.id, role.id FROM users u, role",
    "project_members_project_fkey": "INSERT INTO project_members (organization_id, project_id, user_id) "
    "SELECT u.organization_id, project.id, u.id FROM users u, project",
    "project_members_user_fkey": "INSERT INTO project_members (organization_id, project_id, user_id) "
    "SELECT p.organization_id, p.id, person.id FROM projects p, person",
    "time_entries_project_fkey": "INSERT INTO time_entries (organization_id, project_id, user_id, day, minutes) "
    "SELECT u.organization_id, project.id, u.id, now(), 5 FROM users u, project",
    "time_entries_user_fkey": "INSERT INTO time_entries (organization_id, project_id, user_id, day, minutes) "
    "SELECT p.organization_id, p.id, person.id, now(), 5 FROM projects p, person",
    "rate_items_card_fkey": "UPDATE rate_items SET rate_card_id = card.id FROM card",
    "rate_items_category_fkey": "UPDATE rate_items SET service_category_id = category.id FROM category",
    "quote_lines_rate_item_fkey": "UPDATE quote_lines SET rate_item_id = item.id FROM item",
    "quote_versions_author_fkey": "INSERT INTO quote_versions (organization_id, quote_id, version, created_by) "
    "SELECT q.organization_id, q.id, 1, person.id FROM quotes q, person",
    "approval_requests_policy_fkey": "INSERT INTO approval_requests (organization_id, quote_id, policy_id) "
    "SELECT q.organization_id, q.id, policy.id FROM quotes q, policy",
    "audit_logs_user_fkey": "INSERT INTO audit_logs (organization_id, user_id, action, table_name, row_id) "
    "SELECT q.organization_id, person.id, 'changed', 'quotes', q.id FROM quotes q, person",
}


@pytest.mark.parametrize("key", MIXED)
def test_no_row_mixes_two_organizations(tx: Tx, key: str) -> None:
    def mix(inner: Tx) -> Outcome[int]:
        unwrap(inner.execute(sql(trusted(THEIRS + MIXED[key])).command()))
        return inner.execute(sql("SET CONSTRAINTS ALL IMMEDIATE").command())

    failure = tx.transact(mix).failure()
    assert isinstance(failure, ForeignKeyViolation)
    assert failure.constraint == key


@pytest.mark.parametrize("moved", ["user_roles", "rate_items", "quote_lines"])
def test_no_row_says_that_it_is_another_organizations(tx: Tx, moved: str) -> None:
    said = THEIRS + f"UPDATE {moved} SET organization_id = org.id FROM org"
    assert isinstance(
        tx.transact(lambda inner: inner.execute(sql(trusted(said)).command())).failure(), ForeignKeyViolation
    )


@pytest.mark.parametrize("email", ["ADMIN@pivotalflow.com", "nobody"])
def test_an_email_is_one_and_once(tx: Tx, email: str) -> None:
    said = f"INSERT INTO users (organization_id, email, name) SELECT id, '{email}', 'x' FROM organizations"
    assert "users_email" in str(tx.transact(lambda inner: inner.execute(sql(trusted(said)).command())).failure())
