"""What a program of qb's own asks of its sessions."""

from __future__ import annotations

import pytest

from qb import Script, connect, sql, trusted
from qb.run.database.plain_connect import plain_connect
from qb.run.server.url import conninfo

LIMITS = ("statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout")
ASKED = sql("SELECT current_setting(n) FROM unnest({names}::text[]) n", names=list(LIMITS)).rows(str)


@pytest.mark.parametrize("unhurried", [True, False])
def test_a_limit_of_the_database_is_kept_or_not(qb_database_url: str, unhurried: bool) -> None:
    with connect(qb_database_url, max_size=1) as db:
        (name,) = db.all(sql("SELECT quote_ident(current_database())").rows(str)).unwrap()
        for each in LIMITS:
            db.run(Script(trusted(f"ALTER DATABASE {name} SET {each} = '9s'"))).unwrap()
    try:
        with plain_connect(conninfo(qb_database_url), max_size=1, unhurried=unhurried) as db:
            wanted = ["0" if unhurried else "9s"] * len(LIMITS)
            assert db.all(ASKED).unwrap() == wanted
            db.run(Script("SET statement_timeout = '1s'", "SET transaction_timeout = '1s'")).unwrap()
            assert db.all(ASKED).unwrap() == wanted, "afresh"
    finally:
        with connect(qb_database_url, max_size=1) as db:
            db.run(Script(trusted(f"ALTER DATABASE {name} RESET ALL"))).unwrap()
