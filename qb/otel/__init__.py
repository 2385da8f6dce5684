"""Spans and metrics by OpenTelemetry: the extra `otel`.

    from qb.otel import Telemetry

    db = qb.connect(telemetry=Telemetry())

Nothing of qb imports this: without it, OpenTelemetry is neither needed nor loaded.
"""

from qb.otel.telemetry import Telemetry

__all__ = ["Telemetry"]
