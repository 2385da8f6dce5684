"""`write_outputs`: the files of a config are written anew, or told to be stale."""

from __future__ import annotations

import json
from pathlib import Path

from qb import Col, Table, column, identity, pg, schema
from qb.kit import canonical, write_outputs
from qb.kit.outputs.output_files import OutputKind, UnwritableOutput


class Thing(Table, name="output things"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column(pg.varchar(9), comment="what it's called")


WANTED = schema(Thing)
KINDS: tuple[OutputKind, ...] = ("docs", "erd", "json_schema", "openapi", "typescript")


def test_what_is_stale_is_told_and_written(tmp_path: Path) -> None:
    catalog = canonical(WANTED).unwrap()
    outputs: dict[OutputKind, Path] = {kind: tmp_path / "deep" / f"{kind}.x" for kind in KINDS}

    def states(*, check: bool = False) -> list[str]:
        return [each.state for each in write_outputs(WANTED, catalog, outputs, check=check).unwrap()]

    assert states(check=True) == ["missing"] * 5
    assert not (tmp_path / "deep").exists()
    assert states() == ["written"] * 5
    assert states() == states(check=True) == ["same"] * 5
    (tmp_path / "deep/typescript.x").write_bytes(b"\xff")
    (tmp_path / "deep/typescript.x").chmod(0o640)
    assert states(check=True) == ["same"] * 4 + ["stale"]
    assert states() == ["same"] * 4 + ["written"]
    assert (tmp_path / "deep/typescript.x").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == sorted(f"{kind}.x" for kind in KINDS)
    document = json.loads((tmp_path / "deep/json_schema.x").read_text())
    assert document["$defs"]["Thing"]["properties"]["name"] == {
        "type": "string",
        "maxLength": 9,
        "description": "what it's called",
    }
    openapi = json.loads((tmp_path / "deep/openapi.x").read_text())
    assert (openapi["openapi"], sorted(openapi["components"]["schemas"])) == (
        "3.1.0",
        ["NewThing", "PatchThing", "Thing"],
    )


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = write_outputs(WANTED, canonical(WANTED).unwrap(), {"typescript": tmp_path / "file" / "schema.ts"})
    error = found.failure()
    assert isinstance(error, UnwritableOutput)
    assert str(error).startswith(f"{tmp_path}/file/schema.ts: ")
