"""``taskflows-cloud metrics``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import attrs
import click

from taskflows_cloud_core._frozen import to_mapping
from taskflows_cloud_core.cli.input.name_hints import naming_near_misses
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.input.time_options import as_moment
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.progress import waiting
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.results import FunctionMetrics

_SPAN = timedelta(days=1)


@attrs.frozen(kw_only=True)
class MetricsAnswer(Answer):
    """How a function did over a span of time.

    Args:
        function: Its name.
        place: Where it is.
        start_time: The beginning of the span.
        end_time: Its end.
        invocations: How often it ran.
        errors: How many of the runs failed.
        average_duration_ms: The mean length of a run in milliseconds; null when it never ran.
        duration_percentiles_ms: Lengths of runs in milliseconds by "p50", "p95", "p99", where the provider tells.
        cost: What the runs cost at list prices; null where that is not known.
        currency: Of the cost.
    """

    function: str
    place: str
    start_time: datetime
    end_time: datetime
    invocations: int
    errors: int
    average_duration_ms: float | None
    duration_percentiles_ms: Mapping[str, float] = attrs.field(converter=to_mapping)
    cost: float | None
    currency: str | None

    @classmethod
    def of(cls, metrics: FunctionMetrics, function: str, place: str) -> MetricsAnswer:
        """From what the call gave."""
        same = ("start_time", "end_time", "invocations", "errors", "average_duration_ms", "duration_percentiles_ms")
        return cls(
            function=function,
            place=place,
            **{name: getattr(metrics, name) for name in same},
            cost=None if metrics.cost is None else metrics.cost.monthly,
            currency=None if metrics.cost is None else metrics.cost.currency,
        )

    def text(self, style: Style) -> str:
        """Some lines."""
        span = f"{self.start_time:%Y-%m-%d %H:%M} to {self.end_time:%Y-%m-%d %H:%M %Z}"
        failed = f"{self.errors} failed"
        lines = [
            f"{style.strong(self.function)} on {self.place}, {span}",
            f"  runs      {self.invocations}, {style.bad(failed) if self.errors else failed}",
        ]
        if self.average_duration_ms is not None:
            percentiles = "".join(f", {name} {value:,.0f} ms" for name, value in self.duration_percentiles_ms.items())
            lines.append(f"  duration  {self.average_duration_ms:,.0f} ms on average{percentiles}")
        if self.cost is not None:
            lines.append(f"  cost      {self.cost:.6f} {self.currency}")
        return "\n".join(lines)


@click.command()
@click.argument("name")
@click.option(
    "--since", callback=as_moment, help="From then on: 10m, 2h, 7d ago, or 2026-11-25T09:30; 1d when left out."
)
@click.option("--until", callback=as_moment, help="Until then, likewise; now when left out.")
@place_options
@answers(MetricsAnswer, name="metrics")
def metrics(name: str, since: datetime | None, until: datetime | None, where: Where) -> MetricsAnswer:
    """Count runs, failures and durations of the function NAME."""
    end = until or datetime.now(UTC)
    begin = since or end - _SPAN
    if begin >= end:
        raise click.UsageError("--since must be before --until")
    label, environment = where.one()
    wanted = where.name(name)
    with waiting("reading metrics"), naming_near_misses(wanted, environment, label):
        return MetricsAnswer.of(environment.get_metrics(wanted, begin, end), wanted, label)
