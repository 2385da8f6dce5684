"""What pytest is told to refuse: a test with nothing to run fails before anything runs."""

import tomllib
from pathlib import Path

import pytest

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
EMPTY = """
import pytest

@pytest.mark.parametrize("number", [])
def test_nothing(number): ...

def test_something(): ...
"""


def test_a_parametrized_test_with_nothing_to_run_fails_at_collection(pytester: pytest.Pytester) -> None:
    options = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    pytester.makeini(f"[pytest]\nempty_parameter_set_mark = {options['empty_parameter_set_mark']}")
    pytester.makepyfile(EMPTY)
    result = pytester.runpytest("-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*Empty parameter set in 'test_nothing' at line*"])
