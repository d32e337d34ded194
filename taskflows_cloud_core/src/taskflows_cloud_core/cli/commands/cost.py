"""``taskflows-cloud cost``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import attrs
import click

from taskflows_cloud_core._frozen import to_mapping, to_tuple
from taskflows_cloud_core.cli.input.sources import source_arguments, staged_functions
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.interrupts import on_interrupt
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.progress import Reporter
from taskflows_cloud_core.cli.output.terminal import Style, columns
from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.marks import MarkedFunction
from taskflows_cloud_core.schedules import runs_per_month


@attrs.frozen(kw_only=True)
class Estimated:
    """What one function is likely to cost in one place.

    Args:
        function: Its name.
        place: Provider and the options that may be seen.
        runs_per_month: How often it runs in thirty days.
        currency: For instance "USD".
        monthly: The sum for thirty days.
        parts: What it is made of.
        assumptions: What was assumed, with the date of the prices.
    """

    function: str
    place: str
    runs_per_month: float
    currency: str
    monthly: float
    parts: Mapping[str, float] = attrs.field(converter=to_mapping)
    assumptions: tuple[str, ...] = attrs.field(converter=to_tuple)


@attrs.frozen(kw_only=True)
class CostAnswer(Answer):
    """What functions are likely to cost.

    Args:
        estimates: One for each function in each place.
    """

    estimates: tuple[Estimated, ...] = attrs.field(converter=to_tuple)

    def text(self, style: Style) -> str:
        """A table with the sum."""
        rows = [
            (each.function, each.place, f"{each.runs_per_month:,.0f}", f"{each.monthly:,.4f} {each.currency}")
            for each in self.estimates
        ]
        sums: dict[str, float] = {}
        for each in self.estimates:
            sums[each.currency] = sums.get(each.currency, 0.0) + each.monthly
        rows += [("in all", "", "", f"{total:,.4f} {currency}") for currency, total in sums.items()]
        return columns(("FUNCTION", "PLACE", "RUNS A MONTH", "A MONTH"), rows, style)

    def remarks(self, style: Style) -> str:
        """What was assumed, once."""
        counts = Counter(sentence for each in self.estimates for sentence in each.assumptions)
        of_all = [sentence for sentence, count in counts.items() if count == len(self.estimates)]
        lines = [
            f"assumed for {each.function}: {'; '.join(own)}"
            for each in self.estimates
            if (own := [sentence for sentence in each.assumptions if sentence not in of_all])
        ]
        return "\n".join(style.faint(line) for line in [*lines, *(f"assumed: {sentence}" for sentence in of_all)])


@click.command()
@source_arguments
@click.option("--runs", type=click.FloatRange(min=0), help="Runs in thirty days, instead of those of the schedules.")
@place_options
@answers(CostAnswer, name="cost")
def cost(words: Sequence[str], runs: float | None, where: Where) -> CostAnswer:
    """Estimate what the marked functions cost in a month, from their schedules. It changes nothing."""
    functions = staged_functions(words, where)
    with Reporter("estimating") as reporter, on_interrupt(lambda: "interrupted; estimating changes nothing"):
        estimates = [
            _estimate(each, label, environment, runs, reporter)
            for label, environment in where.environments().items()
            for each in functions
        ]
    return CostAnswer(estimates=estimates)


def _estimate(
    each: MarkedFunction, label: str, environment: CloudEnvironment, runs: float | None, reporter: Reporter
) -> Estimated:
    often = runs_per_month(each.config.schedules) if runs is None else runs
    plan = environment.plan_function(each.function, each.config, each.dependencies, progress=reporter)
    estimate = environment.estimate_cost(plan, runs_per_month=often)
    return Estimated(
        function=each.config.function_name,
        place=label,
        runs_per_month=often,
        currency=estimate.currency,
        monthly=estimate.monthly,
        parts=estimate.parts,
        assumptions=estimate.assumptions,
    )
