"""Cases that were measured again, by themselves, in the report of a whole run."""

import msgspec

from benchmarks.report.results import Measurement, Report
from benchmarks.report.targets import verdicts


def merged(whole: Report, part: Report) -> Report:
    """The whole run with the cases of the other one in the place of its own, and what is new behind those of its suite.

    Ratios are taken within a case, so that they stay those of one run; the page says which cases are of another.
    """
    when = f"{part.started:%Y-%m-%d %H:%M}, load {part.machine.load_average:.1f}"
    again = {identity(each): each for each in part.measurements}
    known = {identity(each) for each in whole.measurements}
    found = [again.get(identity(each), each) for each in whole.measurements]
    for each in part.measurements:
        if identity(each) not in known:
            last = max((place for place, one in enumerate(found, 1) if one.suite == each.suite), default=len(found))
            found.insert(last, each)
    return msgspec.structs.replace(
        whole,
        measurements=found,
        targets=list(verdicts(found)),
        later=[*whole.later, *dict.fromkeys(f"{each.title} ({when})" for each in part.measurements)],
        failed=[*whole.failed, *part.failed],
    )


def identity(each: Measurement) -> tuple[str, str, int]:
    return each.suite, each.case, each.size
