"""What a session of a runner is set to, whatever the role or the database says."""

from __future__ import annotations

from typing import Final

OWN_SETTINGS: Final = {
    "application_name": "qb migrate",
    "statement_timeout": "0",
    "transaction_timeout": "0",
    "idle_in_transaction_session_timeout": "600000",
    "idle_session_timeout": "0",
    "lock_timeout": "2000",
    "TimeZone": "UTC",
    "client_min_messages": "warning",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "synchronous_commit": "on",
    "standard_conforming_strings": "on",  # or the SQL of a file would mean something else than what was proved
    "transform_null_equals": "off",
    "array_nulls": "on",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "row_security": "off",  # an error where rows are hidden, which would be left as they are
}
"""Where its server knows of it."""


def set_own(lock_timeout: float, *, local: bool = False) -> str:
    """The statement that sets them, for the session or for a transaction; `lock_timeout` is in seconds.

    >>> from qb.kit.running.own_settings import set_own
    >>> "('lock_timeout', '1500')" in set_own(1.5)
    True
    """
    settings = {**OWN_SETTINGS, "lock_timeout": str(int(lock_timeout * 1000))}
    values = ", ".join(f"('{name}', '{value}')" for name, value in settings.items())
    scope = "true" if local else "false"
    return (
        f"SELECT pg_catalog.set_config(s.name, v.value, {scope}) FROM (VALUES {values}) AS v (name, value) "
        "JOIN pg_catalog.pg_settings s ON pg_catalog.lower(s.name) = pg_catalog.lower(v.name)"
    )
