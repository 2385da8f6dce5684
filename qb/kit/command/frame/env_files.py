"""`.env` and `.env.NAME`: variables beside the config, read by the command alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def env_files(folder: Path, name: str) -> tuple[Path, ...]:
    """The files that are there for a database, the one for it alone first."""
    named = [folder / f".env.{name}"] if name and not {"/", "\\"} & set(name) else []
    return tuple(path for path in (*named, folder / ".env") if path.is_file())


def with_env_files(environ: Mapping[str, str], files: tuple[Path, ...]) -> dict[str, str]:
    """The variables, and those of files that are not among them; the first file that has one says it."""
    if not files:
        return dict(environ)
    from dotenv import dotenv_values

    found: dict[str, str] = {}
    for path in reversed(files):
        values = dotenv_values(path, encoding="utf-8", interpolate=True)
        found |= {key: value for key, value in values.items() if value is not None}
    return found | dict(environ)
