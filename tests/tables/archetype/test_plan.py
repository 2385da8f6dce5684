"""What the plan says to run: health, transactions, the critical tables, introspection that only reads."""

import inspect
import time
from collections.abc import Iterator
from types import ModuleType

import msgspec
import pytest

from archetype.ids import ChainRunId, ClerkOrgId, ClerkUserId, OrganizationId, UserId
from qb import (
    Database,
    Failure,
    InvalidSql,
    NotFound,
    Outcome,
    ReadOnly,
    Success,
    Tx,
    connect,
    create_all,
    insert,
    select,
    sql,
    unwrap,
)
from qb.kit import introspect
from tables.archetype import queries, repositories, schema
from tables.archetype.auth.organizations import NewOrganization, NewUser, Organization, User
from tables.archetype.builder.runs import ChainRun, NewChainRun
from tables.archetype.kysely import KyselyMigration, KyselyMigrationLock
from tests.tables.archetype import make


def test_a_database_answers(archetype: Database) -> None:
    started = time.perf_counter()
    assert archetype.scalar(sql("select 1").rows(int)) == Success(1)
    assert time.perf_counter() > started
    with connect("postgresql://ada:hunter2@127.0.0.1:1/archetype") as nobody:
        failed = nobody.scalar(sql("select 1").rows(int)).failure()
    assert "hunter2" not in f"{failed} {failed!r}"


def test_insert_and_select_of_an_organization(tx: Tx) -> None:
    made = unwrap(
        tx.one(insert(NewOrganization(clerk_org_id=ClerkOrgId("org_1"), slug="acme", name="Acme")).returning())
    )
    assert tx.one(select(Organization).where(Organization.clerk_org_id == ClerkOrgId("org_1"))) == Success(made)


def test_insert_and_select_of_a_user_with_and_without_an_organization(tx: Tx) -> None:
    acme = make.organization(tx).organization_id
    for name, organization in (("ada", acme), ("grace", None)):
        new = NewUser(clerk_user_id=ClerkUserId(name), email=f"{name}@x", organization_id=organization)
        made = unwrap(tx.one(insert(new).returning()))
        assert tx.one(select(User).where(User.user_id == made.user_id)) == Success(made)
    assert tx.all(select(User.email).where(User.organization_id == acme)) == Success(["ada@x"])
    # The table is called like a word of SQL's.
    assert unwrap(tx.scalar(sql('SELECT count(*) FROM auth."user"').rows(int))) == 2


def test_insert_and_select_of_a_chain_run(tx: Tx) -> None:
    run = NewChainRun(chain_name="name", cache_key="k", inputs=msgspec.Raw(b'{"prompt": "?"}'))
    made = unwrap(tx.one(insert(run).returning()))
    found = unwrap(tx.one(select(ChainRun).where(ChainRun.cache_key == "k")))
    assert (found.chain_run_id, found.result_type, found.result) == (made.chain_run_id, None, None)


def test_the_cache_key_has_an_index_that_is_used(tx: Tx) -> None:
    unwrap(tx.execute(sql("SET LOCAL enable_seqscan = off").command()))
    plan = sql("EXPLAIN SELECT FROM builder.chain_run_table WHERE cache_key = 'k'").rows(str)
    assert any("chain_run_table_cache_key_idx" in line for line in unwrap(tx.all(plan)))


def test_a_transaction_that_fails_leaves_nothing(archetype: Database) -> None:
    def work(tx: Tx) -> Outcome[Organization]:
        made = make.organization(tx, "never")
        unwrap(repositories.organizations.by_id(tx, made.organization_id))
        return repositories.organizations.by_id(tx, make.NO_ORGANIZATION)

    assert archetype.transact(work) == Failure(NotFound("organization"))
    assert isinstance(repositories.organizations.by_slug(archetype, "never").failure(), NotFound)


def test_what_the_other_migrator_did_can_be_read(tx: Tx) -> None:
    unwrap(tx.execute(sql("INSERT INTO kysely_migration VALUES ('0001_init', '2024-01-01')").command()))
    unwrap(tx.execute(sql("INSERT INTO kysely_migration_lock (id) VALUES ('migration_lock')").command()))
    assert tx.all(select(KyselyMigration.name)) == Success(["0001_init"])
    assert tx.all(select(KyselyMigrationLock.is_locked)) == Success([0])


def test_looking_for_drift_only_reads(archetype: Database) -> None:
    with archetype.transaction(read_only=True, rollback=True) as tx:
        found = unwrap(introspect(tx))
        assert len(schema.tables) == 77 <= len(found)
        assert isinstance(tx.execute(sql("CREATE TABLE auth.other ()").command()).failure(), ReadOnly)


def test_what_stands_is_not_created_again(archetype: Database) -> None:
    with archetype.transaction(rollback=True) as tx:
        assert isinstance(tx.run(create_all(schema)).failure(), InvalidSql)


# ---------------------------------------------------------------------------------- brands in every signature

MODULES: list[ModuleType] = [getattr(room, name) for room in (queries, repositories) for name in room.__all__]
TEXTS = {"slug", "name", "key", "chain_name", "cache_key"}
"""Parameters that are texts, and no ids."""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.__name__))
def operations(module: ModuleType) -> Iterator[tuple[str, list[inspect.Parameter]]]:
    """The public functions of a module with their parameters; prepared queries have those of their bodies."""
    for name, each in vars(module).items():
        own = getattr(each, "__module__", None) == module.__name__
        if own and callable(each) and not isinstance(each, type) and not name.startswith("_"):
            yield name, list(inspect.signature(each).parameters.values())


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.__name__))
def test_no_operation_takes_a_bare_id(module: ModuleType) -> None:
    found = dict(operations(module))
    assert len(found) > 3
    for name, parameters in found.items():
        for each in parameters:
            bare = each.annotation in (str, object) or each.annotation == str | None
            assert not bare or each.name in TEXTS, f"{name}({each.name})"


def test_ids_are_texts_at_run_time(tx: Tx) -> None:
    made = make.user(tx)
    assert isinstance(made.user_id, str)
    assert repositories.users.by_id(tx, UserId(made.user_id)) == Success(made)
    assert {str(OrganizationId("x")), str(ChainRunId("x"))} == {"x"}
