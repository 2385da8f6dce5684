"""`migration.json`: what is known of a migration besides its SQL. The same values are the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from qb.kit.history.checksum import checksum
from qb.kit.history.migration import Migration, OursRecord, Proof, StepRecord

RECORD_FORMAT: Final = 1


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of it. Checksums are those of `checksum`."""

    format: int
    id: str
    parents: tuple[str, ...] = ()
    up: str
    down: str | None = None
    files: tuple[str, ...] = ()
    before: str | None = None
    after: str | None = None
    major: int | None = None
    up_steps: tuple[StepRecord, ...] = ()
    down_steps: tuple[StepRecord, ...] = ()
    renames: tuple[str, ...] = ()
    proved: Proof | None = None
    allowed: tuple[str, ...] = ()
    replaces: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    between: Mapping[str, str] | msgspec.UnsetType = msgspec.UNSET
    ours: OursRecord | msgspec.UnsetType = msgspec.UNSET
    contract: bool | msgspec.UnsetType = msgspec.UNSET


def record_bytes(migration: Migration, files: tuple[str, ...] = ()) -> bytes:
    """The file of a migration: keys sorted, and a line's end after it all.

    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.history.migration_json import record_bytes
    >>> print(record_bytes(Migration(id="0001_init")).decode()[:32])
    {
      "after": null,
      "allowed":
    """
    made = Record(
        format=RECORD_FORMAT,
        id=migration.id,
        parents=migration.parents,
        up=checksum(migration.up),
        down=None if migration.down is None else checksum(migration.down),
        files=files,
        before=migration.before,
        after=migration.after,
        major=migration.major,
        up_steps=migration.up_steps,
        down_steps=migration.down_steps,
        renames=migration.renames,
        proved=migration.proved,
        allowed=migration.allowed,
        replaces=migration.replaces or msgspec.UNSET,
        between=migration.between or msgspec.UNSET,
        ours=migration.ours or msgspec.UNSET,
        contract=migration.contract or msgspec.UNSET,
    )
    return msgspec.json.format(msgspec.json.encode(made, order="sorted"), indent=2) + b"\n"


def read_record(content: bytes) -> Record:
    """What a file says. ValueError, with what is wrong."""
    try:
        found = msgspec.json.decode(content, type=_Version)
        if found.format != RECORD_FORMAT:
            raise ValueError(f"it is of format {found.format}, and this qb reads {RECORD_FORMAT}: install a newer one")
        return msgspec.json.decode(content, type=Record)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None


def with_record(migration: Migration, record: Record) -> Migration:
    """The migration of its SQL, with what its record says."""
    fields: Mapping[str, object] = {
        name: getattr(record, name)
        for name in Record.__struct_fields__
        if name not in ("format", "up", "down", "files") and getattr(record, name) is not msgspec.UNSET
    }
    return msgspec.structs.replace(migration, **fields, recorded=(record.up, record.down))


class _Version(msgspec.Struct, frozen=True):
    format: int
