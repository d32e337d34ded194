"""``taskflows-cloud explain``: what an error code means."""

from __future__ import annotations

from difflib import get_close_matches

import attrs
import click

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.cli.errors.classes import UnknownCodeError
from taskflows_cloud_core.cli.errors.codes import ERROR_CODES, ErrorCode
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.terminal import Style


@attrs.frozen(kw_only=True)
class ExplainAnswer(Answer):
    """What error codes mean.

    Args:
        codes: The one that was asked for, or all.
    """

    codes: tuple[ErrorCode, ...] = attrs.field(converter=to_tuple)

    def text(self, style: Style) -> str:
        """All about one, or a line for each."""
        if len(self.codes) == 1:
            return str(self.codes[0])
        return "\n".join(f"{style.strong(each.code)}  {each.title}" for each in self.codes)


@click.command()
@click.argument("code", required=False)
@answers(ExplainAnswer, name="explain")
def explain(code: str | None) -> ExplainAnswer:
    """Explain an error code: why it comes and what to do. Without CODE, list all."""
    if code is None:
        return ExplainAnswer(codes=list(ERROR_CODES.values()))
    wanted = code.strip("[] ").upper()
    wanted = f"TFC{wanted}" if wanted.isdigit() else wanted
    if wanted not in ERROR_CODES:
        near = get_close_matches(wanted, ERROR_CODES, n=1)
        hint = f"; did you mean {near[0]}?" if near else "; `taskflows-cloud explain` lists all"
        raise UnknownCodeError(f"there is no error code {code!r}{hint}")
    return ExplainAnswer(codes=[ERROR_CODES[wanted]])
