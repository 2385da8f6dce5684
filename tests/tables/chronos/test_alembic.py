"""Alembic itself in the same database: its migrations and ours, in turns, and neither touches what is the other's."""

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from chronos.ids import Slug
from qb import Script, Success, connect, create_all, drop_all, fn, insert, select, sql, unwrap
from qb.kit import Catalog, introspect
from tables.chronos import Company, NewCompany, schema
from tables.chronos.theirs import AlembicVersion, StagingDeal
from tables.chronos.warehouse import include_name
from tests.kit.alone import differences

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("alembic") is None, reason="alembic is not installed: it is in the extra dev"),
]

ENV = """
import os

import psycopg
import sqlalchemy as sa
from alembic import context
from tables.chronos.warehouse import include_name

metadata = sa.MetaData()
sa.Table("raw_crunchbase", metadata, sa.Column("id", sa.BigInteger, primary_key=True),
  sa.Column("payload", sa.dialects.postgresql.JSONB, nullable=False),
  sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False))
sa.Table("staging_deals", metadata, sa.Column("id", sa.BigInteger, primary_key=True),
  sa.Column("company_name", sa.Text, nullable=False),
  sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False), sa.Column("amount", sa.Text),
  sa.Column("company_id", sa.Uuid), sa.Index("staging_deals_company", "company_name"))
names = {} if os.environ.get("EVERYTHING") else {"include_name": include_name}
engine = sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(os.environ["WAREHOUSE"]))
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, **names)
    with context.begin_transaction():
        context.run_migrations()
"""
FIRST = """
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision, down_revision = "abc123", None

def upgrade():
    op.create_table("raw_crunchbase", sa.Column("id", sa.BigInteger, primary_key=True),
      sa.Column("payload", JSONB, nullable=False), sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False))
    op.create_table("staging_deals", sa.Column("id", sa.BigInteger, primary_key=True),
      sa.Column("company_name", sa.Text, nullable=False),
      sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False))
    op.create_index("staging_deals_company", "staging_deals", ["company_name"])

def downgrade():
    op.drop_table("staging_deals")
    op.drop_table("raw_crunchbase")
"""
SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "def456", "abc123"

def upgrade():
    op.add_column("staging_deals", sa.Column("amount", sa.Text))
    op.add_column("staging_deals", sa.Column("company_id", sa.Uuid))

def downgrade():
    op.drop_column("staging_deals", "company_id")
    op.drop_column("staging_deals", "amount")
"""

ROOT = Path(__file__).parents[3]
Alembic = Callable[..., str]


@pytest.fixture
def alembic(tmp_path: Path, empty_url: str) -> Alembic:
    """Alembic's command in a folder of its own: what it says."""
    files = {
        "alembic.ini": "[alembic]\nscript_location = %(here)s/migrations\npath_separator = os\n",
        "migrations/env.py": ENV,
        "migrations/versions/abc123_initial.py": FIRST,
        "migrations/versions/def456_deals.py": SECOND,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    def run(*arguments: str, fails: bool = False, **more: str) -> str:
        paths = os.pathsep.join((str(ROOT), str(ROOT / "codecs")))
        done = subprocess.run(
            [sys.executable, "-m", "alembic", *arguments],
            cwd=tmp_path,
            env={**os.environ, "WAREHOUSE": empty_url, "PYTHONPATH": paths, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout
        return done.stdout

    return run


DIRECTUS = Script(
    "CREATE TABLE directus_users (id uuid PRIMARY KEY, email varchar(128))",
    "CREATE TABLE directus_files (id uuid PRIMARY KEY, storage varchar(255) NOT NULL)",
    "CREATE EXTENSION vector",
)


def parts(changed: Catalog, before: Catalog) -> set[str]:
    """Whose tables a step has changed, created or dropped: the first word of their names."""
    found = {each.identity.table or each.identity.name for each in differences(before, changed)}
    return {name.partition("_")[0] for name in found}


def test_in_turns(empty_url: str, alembic: Alembic) -> None:
    with connect(empty_url) as db:

        def now() -> Catalog:
            return unwrap(introspect(db))

        unwrap(db.run(DIRECTUS))
        alembic("upgrade", "abc123")
        theirs = now()
        unwrap(db.run(create_all(schema)))
        before = now()
        assert parts(before, theirs) & {"raw", "staging", "directus", "alembic"} == set()

        alembic("upgrade", "head")
        after = now()
        assert parts(after, before) == {"staging"}
        assert db.scalar(select(AlembicVersion.version_num)) == Success("def456")

        unwrap(db.run(create_all(schema, if_not_exists=True)))
        assert differences(after, now()) == ()
        assert "No new upgrade operations detected" in alembic("check")
        meant = alembic("check", fails=True, EVERYTHING="yes")
        assert "app_deals" in meant  # which is what it would drop, if nobody had said what is its own

        acme = unwrap(db.one(insert(NewCompany(name="Acme", slug=Slug("acme"))).returning()))
        load = "INSERT INTO staging_deals VALUES (1, 'Acme', now(), '12.5', {c})"
        unwrap(db.execute(sql(load, c=acme.id).command()))
        assert db.one(select(StagingDeal.company_name, StagingDeal.amount)) == Success(("Acme", "12.5"))

        alembic("downgrade", "base")
        assert db.scalar(select(fn.count()).from_(Company)) == Success(1)
        gone = now()
        assert parts(gone, before) == {"raw", "staging"}
        alembic("upgrade", "head")
        assert differences(after, now()) == ()

        alembic("downgrade", "abc123")
        unwrap(db.run(drop_all(schema, roles=[])))
        assert differences(theirs, now()) == ()
        assert db.scalar(select(AlembicVersion.version_num)) == Success("abc123")


def test_what_is_its_own() -> None:
    for name, kind, parents, wanted in (
        ("raw_crunchbase", "table", {}, True),
        ("app_deals", "table", {}, False),
        ("directus_users", "table", {}, False),
        ("id", "column", {"table_name": "app_deals"}, False),
        ("staging_deals_company", "index", {"table_name": "staging_deals"}, True),
        (None, "schema", {}, True),
    ):
        assert include_name(name, kind, parents) is wanted
