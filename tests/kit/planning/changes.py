"""Changes of a database, as changes.sql has them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple


class Change(NamedTuple):
    """What makes it before and after, and what is called otherwise."""

    before: str
    after: str
    renamed: dict[str, str]


def _read() -> dict[str, Change]:
    text = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    head, *changes = re.split(r"^@ ", text, flags=re.MULTILINE)
    pieces: dict[str, str] = {}
    for each in re.split(r"^# ", head, flags=re.MULTILINE)[1:]:
        name, _, body = each.partition("\n")
        pieces[name] = _filled(body, pieces)
    found: dict[str, Change] = {}
    for each in changes:
        name, _, body = each.partition("\n")
        renamed = dict(re.findall(r"^~ (.+) = (.+)\n", body, flags=re.MULTILINE))
        before, _, after = re.sub(r"^~ .+\n", "", body, flags=re.MULTILINE).partition("=>\n")
        found[name] = Change(_filled(before, pieces), _filled(after, pieces), renamed)
    return found


def _filled(text: str, pieces: dict[str, str]) -> str:
    return re.sub(r"^<([a-z ]+)>$", lambda match: pieces[match[1]].strip(), text, flags=re.MULTILINE).strip()


CHANGES: Final = _read()
