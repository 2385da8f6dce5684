"""Alembic in the same database, the real one: its table is no drift, and ours are none of its business."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from qb import Col, Database, Script, Table, column, connect, create_all, schema
from qb.kit import drift
from tables.scratch import scratch_database

ENV = """
import os

import psycopg
from alembic import context
from sqlalchemy import Column, Integer, MetaData, NullPool, Table, create_engine

metadata = MetaData()
Table("raw_rows", metadata, Column("id", Integer, primary_key=True))
OURS = {("public", "kept_by_qb")}

def include_object(object, name, type_, reflected, compare_to):
    table = object if type_ == "table" else getattr(object, "table", None)
    return table is None or (table.schema or "public", table.name) not in OURS

engine = create_engine(
    "postgresql+psycopg://", creator=lambda: psycopg.connect(os.environ["ALEMBIC_URL"]), poolclass=NullPool
)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, include_object=include_object)
    with context.begin_transaction():
        context.run_migrations()
"""
TEMPLATE = """
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
from alembic import op
import sqlalchemy as sa

def upgrade():
    ${upgrades if upgrades else "pass"}

def downgrade():
    ${downgrades if downgrades else "pass"}
"""


class Kept(Table, name="kept_by_qb"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column(index=True)


class RawRow(Table, name="raw_rows", external=True):
    id: Col[int] = column(primary_key=True)


KEPT = schema(Kept, RawRow)


@pytest.mark.slow
def test_both_live_in_one_database(qb_url: str, tmp_path: Path, shadows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scripts" / "versions").mkdir(parents=True)
    (tmp_path / "scripts" / "env.py").write_text(ENV)
    (tmp_path / "scripts" / "script.py.mako").write_text(TEMPLATE)
    config = Config()
    config.set_main_option("script_location", str(tmp_path / "scripts"))
    with scratch_database(qb_url, name="alembic") as url, connect(url) as db:
        monkeypatch.setenv("ALEMBIC_URL", url)
        db.run(create_all(KEPT)).unwrap()
        command.revision(config, "first", autogenerate=True)
        command.upgrade(config, "head")
        assert "table public.alembic_version" in told(db, shadows)
        db.run(Script("ALTER TABLE kept_by_qb ADD more int")).unwrap()
        command.check(config)  # which raises where it would change something
        found = drift(db, KEPT, cache=shadows).unwrap()
    assert [str(each) for each in found.changes] == ["added: column public.kept_by_qb.more"]


def told(db: Database, shadows: Path) -> set[str]:
    found = drift(db, KEPT, cache=shadows).unwrap()
    assert found.changes == ()
    return {str(each.identity) for each in found.not_ours}
