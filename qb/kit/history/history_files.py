"""The files of a migration, in both layouts: what they are called, and what is in them.

The flat one is what the Supabase CLI runs: every file of the folder that is called as a number and a name, each in one
transaction. So what cannot be in one is a file of its own there, and downs are elsewhere.
https://supabase.com/docs/guides/local-development/overview
"""

from __future__ import annotations

import re
from typing import Final

from qb.kit.history.migration import Migration
from qb.kit.history.migration_json import record_bytes
from qb.kit.history.migration_names import HistoryLayout, later_number, number_of

KEPT_ASIDE: Final = ".qb"
"""The folder of what other tools are not to see, in the flat layout."""
FLAT_FILE: Final = re.compile(r"([0-9]+)_(.*)\.sql", re.DOTALL)
"""What the Supabase CLI takes for a migration."""
UP: Final = "up.sql"
DOWN: Final = "down.sql"
DATA_STEPS: Final = "steps.py"
RECORD: Final = "migration.json"


def catalog_file(layout: HistoryLayout) -> str:
    """Where the head is as SQL, for reviewers."""
    return "catalog.sql" if layout == "folder" else f"{KEPT_ASIDE}/catalog.sql"


def path_aside(id: str, name: str) -> str:
    """The path of a migration's file in the flat layout, of what is not its up."""
    return f"{KEPT_ASIDE}/{id}.{'json' if name == RECORD else name}"


def migration_files(migration: Migration, layout: HistoryLayout = "folder") -> dict[str, bytes]:
    """The files of a migration, from their paths in the folder of migrations to what is in them: the same migration is
    the same bytes. In the flat layout each `SqlSegment` of its up is a file, numbered on. Raises `SqlFileError` where
    that one's SQL cannot be cut.

    >>> from qb.kit.history.history_files import migration_files
    >>> from qb.kit.history.migration import Migration
    >>> made = Migration(id="0001_init", up="CREATE TABLE t (x int);", down="DROP TABLE t;")
    >>> list(migration_files(made))
    ['0001_init/up.sql', '0001_init/down.sql', '0001_init/migration.json']
    >>> list(migration_files(made, "flat"))
    ['.qb/0001_init.down.sql', '.qb/0001_init.json', '0001_init.sql']
    """
    beside = {DOWN: migration.down, DATA_STEPS: migration.data_steps}
    texts = {name: text for name, text in beside.items() if text is not None}
    if layout == "folder":
        files = {UP: migration.up, **texts}
        return {
            **{f"{migration.id}/{name}": text.encode() for name, text in files.items()},
            f"{migration.id}/{RECORD}": record_bytes(migration),
        }
    parts = _parts(migration)
    return {
        **{path_aside(migration.id, name): text.encode() for name, text in texts.items()},
        path_aside(migration.id, RECORD): record_bytes(migration, tuple(parts)),
        **{name: text.encode() for name, text in parts.items()},
    }


def _parts(migration: Migration) -> dict[str, str]:
    """The files that an up is cut into."""
    texts = [each.text for each in migration.up_segments] or [migration.up]
    number = number_of(migration.id)
    name = migration.id.removeprefix(number)
    whole = number.replace("_", "").replace("-", "")
    found = {f"{migration.id}.sql": texts[0]}
    for place, text in enumerate(texts[1:], 1):
        found[f"{later_number(whole, place)}{name}_{place + 1}.sql"] = text
    return found
