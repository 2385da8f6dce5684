"""`make generate`: write what is made by the tools, or with `--check` say what is not as they would make it."""

from __future__ import annotations

import sys
from pathlib import Path

from tools import overloads, sync
from tools.tidy import ROOT


def generated() -> dict[Path, str]:
    """Each module that is made, or has a part that is, and the text it should have."""
    halves = {sync.target(ROOT / source): sync.made(ROOT / source) for source in sync.SOURCES}
    ladders = {ROOT / module: overloads.made(ROOT / module) for module, _ in overloads.LADDERS.values()}
    return halves | ladders | {ROOT / overloads.VARIABLES: overloads.variables()}


def differing() -> list[Path]:
    """The modules that are not as they would be made."""
    return [path for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text]


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare."""
    for path in (found := differing()):
        print(path.relative_to(ROOT))
        if "--check" not in arguments:
            path.write_text(generated()[path], "utf-8")
    return 1 if found and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
