"""A program: deployers, each a process of its own, are killed at one call after the other; the account lives on.

For each death there is a copy of the prepared account, made by fork, and a copy of this warmed process that
deploys against it over HTTP until a SIGKILL ends it: before a call has an effect, or when it had its effect and
the answer is still to come. What the account then is, and becomes when the deployment is run again, is told in
a line of JSON each.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.aws.support.account import everything
from tests.aws.support.forked_accounts import Deployer, World, differing, in_a_copy
from tests.aws.support.scenarios import SCENARIOS, Scenario, live


def undisturbed(world: World, scenario: Scenario) -> tuple[list[str], dict[str, Any]]:
    """The calls of the deployment, and what is there when it is over."""
    deployer = Deployer(act=scenario.act)
    world.deploy_apart(deployer)
    if deployer.exit_code:
        raise RuntimeError(f"the deployment ended with {deployer.exit_code} although nothing disturbed it")
    return deployer.wire.calls, everything()


def death(world: World, scenario: Scenario, moment: int, where: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Kill the deployer at a call, look, run again, look again."""
    deployer = Deployer(act=scenario.act)

    def kill(number: int, _call: str) -> None:
        if number == moment:
            os.kill(deployer.pid, signal.SIGKILL)
            # Nobody is there for an answer; a call that was not yet passed on has no effect.
            raise ConnectionAbortedError

    setattr(deployer.wire, where, kill)
    live_before = live(everything())
    world.deploy_apart(deployer)
    world.forget()
    return {
        # Runs differ by a call or two, so that one may be done before that call.
        "reached": len(deployer.wire.calls) > moment,
        "killed": deployer.exit_code == -signal.SIGKILL,
        "silenced": sorted((live_before & live(wanted)) - live(everything())),
        "left when deleted at once": in_a_copy(world.left_after_deletion),
        "error when run again": world.run(scenario.act),
        "differs": differing(everything(), wanted),
        "left when deleted": world.left_after_deletion(),
    }


def deaths(name: str, project: Path, first: int, step: int) -> Iterator[dict[str, Any]]:
    """Every ``step``-th death of a scenario, told one by one."""
    scenario, world = SCENARIOS[name], World(project)
    world.run(scenario.prepare)
    calls, wanted = in_a_copy(lambda: undisturbed(world, scenario))
    moments = [(number, where) for number in range(len(calls)) for where in ("before", "after")]
    for number, where in moments[first::step]:
        found = in_a_copy(lambda number=number, where=where: death(world, scenario, number, where, wanted))
        if found.pop("reached"):
            yield {"call": f"{number} {calls[number]}", "where": where, **found}


def main() -> None:
    """Tell the deaths of a scenario: its name, a folder with the user's module, the first death, the step."""
    name, project, first, step = sys.argv[1:]
    for found in deaths(name, Path(project), int(first), int(step)):
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
