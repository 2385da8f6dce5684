# Made by tools/sync.py from async_pipeline_block.py: change that one, then run `make generate`.
"""What `with db.pipeline()` does."""

from __future__ import annotations

from types import TracebackType

from qb.errors import DbError
from qb.run.pool.outside import outside, thread
from qb.run.session.executable import Executables
from qb.run.session.options import Options
from qb.run.talk.held import Source, doom
from qb.run.talk.jobs import Stopped
from qb.run.talk.owned import ending_of
from qb.run.talk.pipeline import Pipeline, run_block
from qb.run.talk.renew import anew


class PipelineBlock:
    """`with db.pipeline() as p`; see there."""

    def __init__(self, source: Source, statements: Executables, options: Options) -> None:
        self._source = source
        self._options = options
        self.pipeline: Pipeline = Pipeline(statements)

    def __enter__(self) -> Pipeline:
        return self.pipeline

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None or not self.pipeline.handles:
            return
        source, observer = self._source, self._options.observer
        if source.opened:
            outside(source.opened, thread(), self.pipeline.handles[0].statement.sql)
        watched = None
        if observer is not None:
            text = "; ".join(dict.fromkeys(handle.statement.sql.decode() for handle in self.pipeline.handles))
            watched = observer.begun(text, None, len(self.pipeline.handles))
        try:
            lease = source.checkout()
            try:
                if watched is not None:
                    watched.on(lease.link)
                anew(source, lease, lambda link: run_block(link, self._options, self.pipeline))
            finally:
                source.give_back(lease)
        except Stopped as stop:
            doom(source, stop.error)
            self.pipeline.stopped(stop.index, stop.error, ending_of(source))
        except DbError as failure:
            self.pipeline.stopped(None, failure, ending_of(source))
        except BaseException as bug:
            if watched is not None:
                watched.failed(bug)
            raise
        finally:
            if watched is not None:
                if self.pipeline.failure is not None:
                    watched.failed(self.pipeline.failure)
                watched.end()
