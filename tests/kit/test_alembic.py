"""Alembic in the same database, the real one, and the tables of Directus: theirs are no drift, and ours are none of
Alembic's business."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config

from qb import Database, Script, connect, create_all, trusted
from qb.kit import drift, load_schema
from qb.typing import Schema
from tables.scratch import scratch_database

SNIPPET = re.findall(r"```python env.py\n(.*?)```", Path("docs/drift.md").read_text(encoding="utf-8"), re.DOTALL)[0]
"""What docs/drift.md has people put into their env.py."""
ENV = f"""
import os

import psycopg
from alembic import context
from sqlalchemy import Column, Integer, MetaData, NullPool, Table, create_engine

{SNIPPET}
metadata = MetaData()
Table("raw_rows", metadata, Column("id", Integer, primary_key=True))
engine = create_engine(
    "postgresql+psycopg://", creator=lambda: psycopg.connect(os.environ["ALEMBIC_URL"]), poolclass=NullPool
)
with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=metadata, include_object=include_object, include_schemas=True
    )
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


TABLES = """
from qb import Col, Table, column, schema


class Kept(Table, name="kept_by_qb"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column(index=True)
    parent: Col[int | None] = column(references=lambda: Kept.id, default=None)


class Named(Table, name="named_public", schema="public"):
    id: Col[int] = column(primary_key=True)


class Apart(Table, name="apart", schema="shop"):
    id: Col[int] = column(primary_key=True)
    code: Col[str] = column(unique=True)


class RawRow(Table, name="raw_rows", external=True):
    id: Col[int] = column(primary_key=True)


shop = schema(Kept, Named, Apart, RawRow)
"""
DIRECTUS = """
CREATE TABLE directus_users (id uuid PRIMARY KEY, email varchar(128));
CREATE TABLE directus_files (id uuid PRIMARY KEY, uploaded_by uuid REFERENCES directus_users (id));
CREATE SEQUENCE directus_permissions_id_seq;
CREATE TABLE directus_permissions (id int PRIMARY KEY DEFAULT nextval('directus_permissions_id_seq'));
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Config, Schema]]:
    """Alembic's folder, and the schema of the module that its env.py reads."""
    (tmp_path / "scripts" / "versions").mkdir(parents=True)
    (tmp_path / "scripts" / "env.py").write_text(ENV)
    (tmp_path / "scripts" / "script.py.mako").write_text(TEMPLATE)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "tables.py").write_text(TABLES)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    config = Config()
    config.set_main_option("script_location", str(tmp_path / "scripts"))
    try:
        yield config, load_schema("shop.tables", folder=tmp_path).unwrap()
    finally:
        for name in ("shop", "shop.tables"):
            sys.modules.pop(name, None)


def revised(config: Config, message: str) -> str:
    """What `alembic revision --autogenerate` writes."""
    script: Any = command.revision(config, message, autogenerate=True)
    return Path(script.path).read_text(encoding="utf-8")


@pytest.mark.slow
def test_alembic_directus_and_qb_live_in_one_database(
    qb_url: str, shadows: Path, project: tuple[Config, Schema], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, shop = project
    with scratch_database(qb_url, name="alembic") as url, connect(url) as db:
        monkeypatch.setenv("ALEMBIC_URL", url)
        db.run(create_all(shop)).unwrap()
        first = revised(config, "first")
        assert "raw_rows" in first
        assert not [name for name in ("kept_by_qb", "named_public", "apart") if name in first], first
        command.upgrade(config, "head")
        assert told(db, shop, shadows)["table public.alembic_version"] == "Alembic"
        db.run(Script("ALTER TABLE kept_by_qb ADD more int", "CREATE INDEX ON shop.apart (id, code)")).unwrap()
        command.check(config)  # which raises where it would change something
        found = drift(db, shop, cache=shadows).unwrap()
        assert [str(each) for each in found.changes] == [
            "added: column public.kept_by_qb.more",
            "added: index shop.apart.apart_id_code_idx",
        ]
        db.run(Script("ALTER TABLE kept_by_qb DROP more", "DROP INDEX shop.apart_id_code_idx")).unwrap()
        db.run(Script(trusted(DIRECTUS))).unwrap()
        whose = told(db, shop, shadows)
        assert {name: why for name, why in whose.items() if "directus" in name and "table" in name.split()[0]} == {
            f"table public.directus_{name}": "Directus" for name in ("users", "files", "permissions")
        }
        assert whose["sequence public.directus_permissions_id_seq"] == "Directus"
        # What is neither's Alembic would drop: that is for its own include_object.
        second = revised(config, "second")
        assert "directus_users" in second
        assert not [name for name in ("kept_by_qb", "named_public", "apart") if name in second], second


def told(db: Database, wanted: Schema, shadows: Path) -> dict[str, str]:
    found = drift(db, wanted, cache=shadows).unwrap()
    assert found.changes == ()
    return {str(each.identity): each.why for each in found.not_ours}
