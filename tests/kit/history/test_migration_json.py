"""`migration.json`: the same values are the same bytes, and come back the same."""

from __future__ import annotations

import re

import pytest

from qb.kit.history.checksum import checksum
from qb.kit.history.migration import Migration, Proof, StepRecord
from qb.kit.history.migration_json import read_record, record_bytes, with_record

WHOLE = Migration(
    id="0002_b",
    parents=("0001_a",),
    up='ALTER TABLE "it\'s" DROP total;\n',
    down="ALTER TABLE x ADD total int;\n",
    before="a" * 64,
    after="b" * 64,
    major=18,
    up_steps=(
        StepRecord(
            number=1,
            sql_sha="c" * 64,
            lock="AccessExclusiveLock",
            locks={"public.z": "ShareLock", 'public."ü%$\\"': "AccessExclusiveLock"},
            rewrites=("public.z",),
            loses=("drop-column:quotes.total",),
            transactional=False,
            reversible=False,
            says="drops quotes.total",
        ),
    ),
    down_steps=(StepRecord(number=1, sql_sha="d" * 64),),
    renames=("users.name=users.full_name",),
    proved=Proof(up=True, down=True, rows=1200),
    allowed=("drop-column:quotes.total",),
)


def test_all_of_it_comes_back() -> None:
    found = with_record(Migration(id="0002_b", up=WHOLE.up, down=WHOLE.down), read_record(record_bytes(WHOLE)))
    assert found.recorded == (checksum(WHOLE.up), checksum(WHOLE.down or ""))
    assert (found.edited, found.is_proved) == (False, True)
    assert {**vars_of(found), "recorded": None} == vars_of(WHOLE)


def vars_of(value: Migration) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def test_the_same_values_are_the_same_bytes() -> None:
    other = Migration(**{**vars_of(WHOLE), "up_steps": read_record(record_bytes(WHOLE)).up_steps})  # type: ignore[arg-type]
    assert record_bytes(other) == record_bytes(WHOLE)
    text = record_bytes(WHOLE).decode()
    assert text.endswith("}\n")
    assert text.index('"after"') < text.index('"allowed"') < text.index('"up_steps"')


def test_what_was_edited_is_no_longer_proved() -> None:
    record = read_record(record_bytes(WHOLE))
    for up, down in (("DROP TABLE x;\n", WHOLE.down), (WHOLE.up, None), (WHOLE.up, "SELECT 1;")):
        found = with_record(Migration(id="0002_b", up=up, down=down), record)
        assert (found.edited, found.is_proved) == (True, False)
    windows = with_record(Migration(id="0002_b", up=WHOLE.up.replace("\n", "\r\n"), down=WHOLE.down), record)
    assert not windows.edited


def test_one_without_json_is_neither_edited_nor_proved() -> None:
    assert (Migration(id="a").edited, Migration(id="a").is_proved) == (False, False)


def test_data_steps_are_part_of_the_checksum() -> None:
    one, other = Migration(id="a", up="x"), Migration(id="a", up="x", data_steps="")
    assert one.checksum == checksum("x") != other.checksum


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "Input data was truncated"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"format": 2}', "it is of format 2, and this qb reads 1: install a newer one"),
        (b'{"format": 1, "id": "a"}', "Object missing required field `up`"),
        (b'{"format": 1, "id": "a", "up": "", "more": 1}', "Object contains unknown field `more`"),
        (b'{"format": 1, "id": 3, "up": ""}', "Expected `str`, got `int` - at `$.id`"),
        (b"\xff", "JSON is malformed: invalid character (byte 0)"),
    ],
)
def test_what_cannot_be_read_is_said(text: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        read_record(text)
