"""The room as a whole: what it offers, and who loads it."""

import inspect
import subprocess
import sys

from qb import moving


def test_its_names_are_sorted_there_and_say_what_they_are() -> None:
    assert list(moving.__all__) == sorted(moving.__all__, key=lambda name: (name.lower(), name))
    classes = [each for name in moving.__all__ if inspect.isclass(each := getattr(moving, name))]
    silent = [each.__name__ for each in classes if not each.__doc__]
    assert silent == []


def test_importing_qb_loads_none_of_it() -> None:
    program = "import sys, qb; qb.connect; print([name for name in sys.modules if name.startswith('qb.moving')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
