"""Which machine the figures come from. What identifies it (its name, its paths) is left out."""

import os
import platform

import msgspec
import psutil


class Machine(msgspec.Struct, frozen=True):
    python: str
    implementation: str
    system: str
    architecture: str
    cores: int
    memory_bytes: int
    load_average: float
    """Over the minute before the run: far above 0, somebody else was busy."""


def this_machine() -> Machine:
    return Machine(
        python=platform.python_version(),
        implementation=platform.python_implementation(),
        system=f"{platform.system()} {platform.release()}",
        architecture=platform.machine(),
        cores=os.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        load_average=psutil.getloadavg()[0],
    )
