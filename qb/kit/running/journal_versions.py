"""How the journal's tables have changed: what an older one needs, so that it is as a new one.

The version stands in the comment of the table of events; a journal that says none is of the first one. What is added
has a default, so that an older qb goes on to write in it, and readers ask for it so that an older journal answers.
"""

from __future__ import annotations

import re
from typing import Final

JOURNAL_VERSION: Final = 2
"""That of what is made now."""
_COMMENT: Final = "What was done to the journal by hand, and what was undone; version {} of the journal"
_SAID: Final = re.compile(r"version ([0-9]+) of the journal\Z")
_CHANGES: Final[dict[int, tuple[str, ...]]] = {
    2: (
        "ALTER TABLE {migration} ADD COLUMN IF NOT EXISTS replaces text[] NOT NULL DEFAULT '{{}}'",
        (
            "UPDATE {migration} m SET replaces = found.parts FROM (SELECT DISTINCT ON (migration) migration AS id, "
            "pg_catalog.string_to_array(detail, ', ') AS parts FROM {event} WHERE kind = 'squashed' AND "
            "detail IS NOT NULL ORDER BY migration, position DESC) found WHERE m.id = found.id"
        ),
    ),
}
"""By the version that they lead to."""


def version_said(comment: str | None) -> int:
    """What the comment of the table of events says.

    >>> from qb.kit.running.journal_versions import JOURNAL_VERSION, version_comment, version_said
    >>> version_said("What was done to the journal by hand, and what was undone"), version_said(version_comment())
    (1, 2)
    """
    found = _SAID.search(comment or "")
    return 1 if found is None else int(found[1])


def version_comment() -> str:
    """What the comment of one says that is made, or changed, now."""
    return _COMMENT.format(JOURNAL_VERSION)


def changes_since(version: int, *, migration: str, event: str) -> tuple[str, ...]:
    """The statements that bring a journal from a version to that of now; none where it is as new, or newer."""
    if version >= JOURNAL_VERSION:
        return ()
    later = [text for number, texts in sorted(_CHANGES.items()) if number > version for text in texts]
    made = [text.format(migration=migration, event=event) for text in later]
    return (*made, f"COMMENT ON TABLE {event} IS '{version_comment()}'")
