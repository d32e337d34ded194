"""A program: two deployers, each a process of its own, deploy one function at the same time, again and again.

Each round begins with a copy of the account and answers calls after pauses of random length, so that the calls
of the two mix in another way each time. What came of it is told in a line of JSON each.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.aws.support.account import everything, is_mutating
from tests.aws.support.forked_accounts import Deployer, World, in_a_copy
from tests.aws.support.scenarios import BEFORE, OURS, THEIRS, deploying, ran

_LONGEST_PAUSE_SECONDS = 0.03


def paused(order: list[str], name: str, seed: str) -> Callable[[int, str], None]:
    """Let each call wait a little, and note the changing ones in the order of their effects."""
    lengths, lock = random.Random(seed), threading.Lock()

    def wait(_number: int, call: str) -> None:
        with lock:
            seconds = lengths.uniform(0, _LONGEST_PAUSE_SECONDS)
        time.sleep(seconds)
        if is_mutating(call):
            order.append(name)

    return wait


def race(world: World, seed: int, acts: Mapping[str, Any]) -> dict[str, Any]:
    """Let both deploy at once, look, and let each deploy again."""
    order: list[str] = []
    deployers = {name: Deployer(act=act) for name, act in acts.items()}
    for name, deployer in deployers.items():
        deployer.wire.before = paused(order, name, f"{seed} {name}")
    world.deploy_apart(*deployers.values())
    return {
        "order": order,
        "exit codes": {name: deployer.exit_code for name, deployer in deployers.items()},
        "ran": ran(everything()),
        "again": {name: [world.run(act), ran(everything())] for name, act in acts.items()},
        "left when deleted": world.left_after_deletion(),
    }


def main() -> None:
    """Tell the rounds: a folder with the user's module, whether a function is there before, the rounds."""
    project, start, rounds = sys.argv[1:]
    world = World(Path(project))
    acts = {"ours": deploying("report", OURS), "theirs": deploying("other", THEIRS)}
    if start == "function":
        world.run(deploying("report", BEFORE))

    def alone(name: str) -> list[Any]:
        world.run(acts[name])
        return ran(everything())

    print(json.dumps({name: in_a_copy(lambda name=name: alone(name)) for name in acts}), flush=True)
    for seed in range(int(rounds)):
        print(json.dumps(in_a_copy(lambda seed=seed: race(world, seed, acts))), flush=True)


if __name__ == "__main__":
    main()
