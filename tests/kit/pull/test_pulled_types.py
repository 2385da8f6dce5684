"""What is pulled passes both checkers, at their strictest."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from qb import Database, create_all
from qb.kit import introspect
from qb.kit.pull import infer_json, pull, write_modules
from tests.kit.everything import EVERYTHING, make
from tests.kit.pull.both_checkers import assert_pass
from tests.kit.pull.hostile import EXPRESSIONS, FUNCTIONS, NAMES
from tests.render import ddl_schemas

DOCUMENTS = """
INSERT INTO events VALUES
  ('{"type": "clicked", "x": 1, "class": null}'), ('{"type": "clicked", "x": 2, "class": "a"}'),
  ('{"type": "typed", "texts": ["a", null]}'), ('{"type": "typed", "texts": [], "at": {"1": 2, "2": 3.5}}');
"""


def packages(db: Database, folder: Path) -> list[str]:
    """Databases of all kinds, pulled into a folder."""
    wanted = {f"system_{name}": import_module(f"tables.{name}").schema for name in ("chronos", "supabase_chat")}
    wanted |= {f"kinds_{name.replace(' ', '_')}": schema for name, schema in ddl_schemas.ALL.items()}
    found: list[str] = []
    for name, schema in wanted.items():
        with db.transaction(rollback=True) as tx:
            for extension in schema.extensions:
                make(tx, f"CREATE EXTENSION IF NOT EXISTS {extension}")
            tx.run(create_all(schema, stand_ins=True)).unwrap()
            write_modules(pull(introspect(tx).unwrap(), name), folder / name).unwrap()
        found.append(name)
    with db.transaction(rollback=True) as tx:
        make(tx, f"{EVERYTHING}{NAMES}CREATE TABLE events (payload jsonb NOT NULL);{DOCUMENTS}")
        catalog = introspect(tx).unwrap()
        documents = infer_json(tx, catalog).unwrap()
        write_modules(pull(catalog, "everything", documents=documents), folder / "everything").unwrap()
    for name, statements in (("expressions", EXPRESSIONS), ("functions", FUNCTIONS)):
        with db.transaction(rollback=True) as tx:
            make(tx, statements)
            write_modules(pull(introspect(tx).unwrap(), name), folder / name).unwrap()
    return [*found, "everything", "expressions", "functions"]


@pytest.mark.slow
def test_both_checkers_pass_what_is_pulled(qb_db: Database, tmp_path: Path) -> None:
    found = packages(qb_db, tmp_path)
    assert_pass(tmp_path, found)
