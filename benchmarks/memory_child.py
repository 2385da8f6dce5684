"""Streams with one contender and prints how much memory that took. Started by `memory.stream_alone`."""

import gc
import sys

import msgspec

from benchmarks.contender import Operation
from benchmarks.memory import Differs, Job, Streamed, forget_peak, peak, resident
from benchmarks.registry import build
from benchmarks.seat import take_seat
from benchmarks.verify import Mismatch, verify_stream


def run(job: Job) -> Streamed | Differs:
    seat = take_seat(build(job.factory), job.url)
    try:
        seat.call(Operation.SINGLE_FETCH, 1)  # whatever is loaded and cached on first use is not the stream's
        gc.collect()
        baseline = resident()
        forget_peak()
        rows, seconds = seat.stream(job.sizes.stream)
        highest = peak()
        if rows != job.sizes.stream:
            return Differs(seat.contender.name, rows + 1, f"{rows} rows instead of {job.sizes.stream}")
        if job.verify:
            verify_stream(seat, job.sizes)
        return Streamed(baseline, highest, seconds)
    except Mismatch as mismatch:
        return Differs(mismatch.contender, mismatch.row, mismatch.difference)
    finally:
        seat.close()


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(run(msgspec.json.decode(sys.stdin.buffer.read(), type=Job))))
