"""Start-up: importing core beside importing its dependencies, each in fresh processes, in turns."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15
PROGRAMS = {
    "bare Python": "pass",
    "pluggy, attrs and cloudpickle": "import pluggy, attrs, cloudpickle",
    "import taskflows_cloud_core": "import taskflows_cloud_core",
    "… and everything it exports": "import taskflows_cloud_core as t; [getattr(t, name) for name in t.__all__]",
    "get_environment('local')": "import taskflows_cloud_core as t; t.get_environment('local')",
    "taskflows-cloud --help": (
        "from taskflows_cloud_core.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass"
    ),
}


def main() -> None:
    """Print the median of each program, and its ratio to the dependencies' own."""
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(ROUNDS):
        for name, program in PROGRAMS.items():
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)
            times[name].append(time.perf_counter() - begin)
    medians = {name: statistics.median(values) for name, values in times.items()}
    bare = medians["bare Python"]
    peer = medians["pluggy, attrs and cloudpickle"]
    print(f"{'start-up, medians of ' + str(ROUNDS):<34} {'ms':>8} {'x bare':>8} {'x dependencies':>15}")
    for name, seconds in medians.items():
        print(f"{name:<34} {seconds * 1000:8.1f} {seconds / bare:8.2f} {seconds / peer:15.2f}")
    limit = 2 * peer
    verdict = "within" if medians["import taskflows_cloud_core"] <= limit else "ABOVE"
    print(f"import taskflows_cloud_core is {verdict} twice the time of its dependencies\n")


if __name__ == "__main__":
    main()
