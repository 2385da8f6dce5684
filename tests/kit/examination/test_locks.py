"""Who is in the way: sessions that wait, transactions that stay open."""

from __future__ import annotations

import threading

import psycopg
import pytest

from qb.kit.examination import locks
from tests.kit.examination.conftest import Patient


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every open transaction is an old one."""
    monkeypatch.setattr(locks, "TOO_LONG", -1)


def test_nobody_is_in_the_way(patient: Patient) -> None:
    assert patient.about("locks", url=patient.url) == []


def test_a_transaction_that_stays_open(patient: Patient, impatient: None) -> None:
    with psycopg.Connection.connect(patient.url, application_name="worker") as other:
        other.execute("SELECT 'hunter2'")
        process = other.info.backend_pid
        ((level, message, fix),) = patient.about("locks", url=patient.url)
        assert (level, fix) == ("warning", f"SELECT pg_terminate_backend({process});")
        who = f'the session {process} of "postgres" (worker)'
        assert message == f"{who} is idle in transaction for 0 s: what it has locked stays locked"
        other.rollback()
        assert patient.about("locks", url=patient.url) == []


def test_a_session_that_waits(patient: Patient) -> None:
    patient.run("CREATE TABLE seats (id int)")
    with (
        psycopg.Connection.connect(patient.url) as holder,
        psycopg.Connection.connect(patient.url, application_name="waiter") as waiter,
    ):
        holder.execute("LOCK TABLE seats")
        thread = threading.Thread(target=waiter.execute, args=("LOCK TABLE seats",))
        thread.start()
        try:
            while not (found := patient.about("locks", url=patient.url)):  # until it waits
                assert thread.is_alive()
            ((level, message, fix),) = found
            assert (level, fix) == ("warning", f"SELECT pg_cancel_backend({holder.info.backend_pid});")
            assert message == (
                f'the session {waiter.info.backend_pid} of "postgres" (waiter) waits for a lock of '
                f"{holder.info.backend_pid}"
            )
        finally:
            holder.rollback()
            thread.join(20)


def test_others_that_cannot_be_seen(patient: Patient) -> None:
    with psycopg.Connection.connect(patient.url) as other:
        other.execute("SELECT 1")
        ((level, message, fix),) = patient.about("locks")
        assert (level, message) == ("warning", "what 1 sessions of other roles do cannot be seen")
        assert fix == f'GRANT pg_read_all_stats TO "{patient.role}";'
        patient.run(fix)
        assert patient.about("locks") == []


@pytest.mark.parametrize(
    ("seconds", "said"), [(None, "0 s"), (59.9, "59 s"), (119.0, "119 s"), (120.0, "2 min"), (7200.0, "2 h")]
)
def test_how_long(seconds: float | None, said: str) -> None:
    assert locks.duration(seconds) == said
