"""What `async with db.pipeline()` does."""

from __future__ import annotations

from types import TracebackType

from qb.errors import DbError
from qb.run.pool.outside import outside, task
from qb.run.session.executable import Executables
from qb.run.session.options import Options
from qb.run.talk.async_held import AsyncSource, doom_async
from qb.run.talk.async_renew import anew_async
from qb.run.talk.jobs import Stopped
from qb.run.talk.owned import ending_of
from qb.run.talk.pipeline import Pipeline, run_block


class AsyncPipelineBlock:
    """`async with db.pipeline() as p`; see there."""

    def __init__(self, source: AsyncSource, statements: Executables, options: Options) -> None:
        self._source = source
        self._options = options
        self.pipeline: Pipeline = Pipeline(statements)

    async def __aenter__(self) -> Pipeline:
        return self.pipeline

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None or not self.pipeline.handles:
            return
        source, observer = self._source, self._options.observer
        if source.opened:
            outside(source.opened, task(), self.pipeline.handles[0].statement.sql)
        watched = None
        if observer is not None:
            text = "; ".join(dict.fromkeys(handle.statement.sql.decode() for handle in self.pipeline.handles))
            watched = observer.begun(text, None, len(self.pipeline.handles))
        try:
            lease = await source.checkout()
            try:
                if watched is not None:
                    watched.on(lease.link)
                await anew_async(source, lease, lambda link: run_block(link, self._options, self.pipeline))
            finally:
                source.give_back(lease)
        except Stopped as stop:
            await doom_async(source, stop.error)
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
