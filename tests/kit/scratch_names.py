"""How scratch databases are called, on a server that other tests use at the same time."""

from __future__ import annotations

import secrets

import pytest


def named_scratch(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of those that are made from now on."""
    made: list[str] = []

    def token(size: int) -> str:
        found = secrets.token_bytes(size).hex()
        made.append(f"qb_shadow_{found}")
        return found

    monkeypatch.setattr("qb.kit.shadow_server.secrets.token_hex", token)
    return made
