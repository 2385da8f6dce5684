"""What migrations are called, in both layouts and with both prefixes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from qb.kit.history.migration_names import (
    LONGEST_ID,
    HistoryLayout,
    is_good,
    later_number,
    next_id,
    number_of,
    order_of,
    slug,
)

NOW = datetime(2026, 11, 22, 9, 30, 0, 999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("id", "number"),
    [
        ("20261122_093000_add", "20261122_093000"),
        ("20261122093000_add", "20261122093000"),
        ("2026-11-22-093000_add", "2026-11-22-093000"),
        ("20261122_09300_add", "20261122"),
        ("0001_init", "0001"),
        ("init", ""),
        ("", ""),
    ],
)
def test_numbers(id: str, number: str) -> None:
    assert number_of(id) == number


def test_they_are_ordered_as_people_read_them() -> None:
    ids = ["init", "10_b", "9_a", "20261122_093000_b", "20261122_092959_z", "0010_a", "alpha"]
    assert sorted(ids, key=order_of) == [
        "9_a",
        "0010_a",
        "10_b",
        "20261122_092959_z",
        "20261122_093000_b",
        "alpha",
        "init",
    ]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("Add slug", "add_slug"), ("../../etc", "etc"), ("", "change"), ("größe", "gr_e"), ("x" * 99, "x" * 60)],
)
def test_names_become_what_files_can_be_called(name: str, wanted: str) -> None:
    assert slug(name) == wanted
    assert is_good(f"0001_{slug(name)}")


@pytest.mark.parametrize("id", ["", "a/b", "..", ".hidden", "a\nb", "a b", "-rf", "x" * (LONGEST_ID + 1), "a\0"])
def test_what_no_file_should_be_called(id: str) -> None:
    assert not is_good(id)


@pytest.mark.parametrize(
    ("layout", "known", "wanted"),
    [
        ("folder", [], "20261122_093000_x"),
        ("flat", [], "20261122093000_x"),
        ("folder", ["20261122_093000_a"], "20261122_093001_x"),
        ("folder", ["20261122_235959_a"], "20261123_000000_x"),
        ("flat", ["20261122_235959_a", "0003_b"], "20261123000000_x"),
        ("flat", ["99999999999999_no_time"], "20261122093000_x"),
    ],
)
def test_a_new_one_comes_behind_all_that_are_there(layout: HistoryLayout, known: list[str], wanted: str) -> None:
    assert next_id(known, "x", layout=layout, prefix="timestamp", now=NOW) == wanted


def test_numbers_go_on() -> None:
    known = ["0001_a", "0010_b", "20261122093000_c"]
    assert next_id(known, "x", layout="folder", prefix="index", now=NOW) == "0011_x"


def test_parts_are_numbered_on() -> None:
    assert later_number("20261122235959", 2) == "20261123000001"
    assert later_number("99999999999998", 1) == "99999999999999"
    assert later_number("0009", 1) == "0010"
