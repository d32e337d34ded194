"""Packaging: our archives beside an installation by uv that is zipped, beside chalice, beside a hand-written handler.

Arguments choose parts: ``cold-warm``, ``many``, ``starts``. Wheels come from the package index that uv is set up for.
Cold is with empty caches on both sides. Chalice always packages for its own Python and x86_64.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uv

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "integration"))

# Chalice knows no tag after manylinux2014, and builds what has none of it from source, so pandas and numpy are of then.
SETS = {"requests + PyYAML": ["requests", "PyYAML"], "numpy + pandas": ["numpy==2.2.6", "pandas==2.2.3"]}
VERSION, PLATFORM = "3.12", "aarch64-manylinux_2_34"
ROUNDS = 5
MANY = 200
STARTS = 21
JOB = "import shared\n\ndef run(event=None):\n    return {'answer': shared.VALUE + %d}\n"
CHALICE_APP = """from chalice import Chalice
app = Chalice(app_name="peer")
@app.schedule("rate(1 hour)")
def job(event):
    return {"answer": 1}
"""
HANDLER = "def handler(event, context):\n    return {'answer': 1}\n"


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def fresh_process(program: str, cache: Path, folder: Path, **variables: str) -> float:
    """Run a program in a process of its own; it prints the time, without the start of Python and the imports."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), **variables}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, check=True, env=environment, cwd=folder, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def ours(folder: Path, pins: list[str]) -> str:
    """A program that packages one function with its dependencies, after one without, which loads the modules."""
    return (
        "import sys, time\n"
        f"sys.path.insert(0, {str(folder)!r})\n"
        "import job0\n"
        "from taskflows_cloud_core.packaging import PackageTarget, build_package\n"
        f"target = PackageTarget(python_version={VERSION!r}, platform={PLATFORM!r})\n"
        "build_package(job0.run, target=target, dependencies=[])\n"
        "begin = time.perf_counter()\n"
        f"build_package(job0.run, target=target, dependencies={pins!r}).read_bytes()\n"
        "print(time.perf_counter() - begin)\n"
    )


def install_and_zip(pins: list[str], scratch: Path, cache: Path | None = None) -> None:
    """What a plain script does: install for the target, then zip."""
    site = scratch / "site"
    environment = {**os.environ, "UV_CACHE_DIR": str(cache)} if cache else None
    shutil.rmtree(site, ignore_errors=True)
    command = [uv.find_uv_bin(), "pip", "install", "--quiet", "--target", str(site), "--python", sys.executable]
    command += ["--python-version", VERSION, "--python-platform", PLATFORM, "--only-binary", ":all:", *pins]
    subprocess.run(command, check=True, env=environment)
    with zipfile.ZipFile(scratch / "peer.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(site.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(site))


def chalice(pins: list[str], project: Path) -> None:
    """What `chalice package` does; its cache is in the folder of the project."""
    if not project.exists():
        (project / ".chalice").mkdir(parents=True)
        settings = {"version": "2.0", "app_name": "peer", "stages": {"dev": {}}}
        (project / ".chalice" / "config.json").write_text(json.dumps(settings))
        (project / "app.py").write_text(CHALICE_APP)
        (project / "requirements.txt").write_text("\n".join(pins) + "\n")
    command = [str(Path(sys.executable).with_name("chalice")), "package", "out"]
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "PIP_NO_CACHE_DIR": "1"}
    subprocess.run(command, check=True, capture_output=True, cwd=project, env=environment)


def pinned(requirements: list[str]) -> list[str]:
    """The versions that requirements come to on this Python, which chalice needs, so that all package the same."""
    command = [uv.find_uv_bin(), "pip", "compile", "--quiet", "--no-header", "--no-annotate", "-"]
    command += ["--python", sys.executable, "--only-binary", ":all:"]
    done = subprocess.run(command, input="\n".join(requirements), capture_output=True, text=True, check=True)
    return done.stdout.split()


def cold_and_warm(folder: Path) -> None:
    """One package with empty caches and then again, beside uv and zip, and beside chalice."""
    head = f"{'ours':>10} {'uv + zip':>10} {'x':>7} {'chalice':>10} {'x':>7}"
    for name, requirements in SETS.items():
        pins, project = pinned(requirements), folder / f"chalice-{len(name)}"
        cache, uv_cache = folder / f"cache-{len(name)}", folder / f"uv-{len(name)}"
        cold = [
            fresh_process(ours(folder, pins), cache, folder, UV_CACHE_DIR=str(uv_cache)),
            seconds(lambda pins=pins, at=folder / f"{uv_cache}-of-peer": install_and_zip(pins, folder, at)),
            seconds(lambda pins=pins, at=project: chalice(pins, at)),
        ]
        rounds = [
            (
                fresh_process(ours(folder, pins), cache, folder, UV_CACHE_DIR=str(uv_cache)),
                seconds(lambda pins=pins: install_and_zip(pins, folder)),
                seconds(lambda pins=pins, at=project: chalice(pins, at)),
            )
            for _ in range(ROUNDS)
        ]
        print(f"{name + ', s':<22} {head}")
        for state, times in (
            ("cold", cold),
            ("warm, median", [statistics.median(column) for column in zip(*rounds, strict=True)]),
        ):
            mine, plain, other = times
            print(f"{state:<22} {mine:10.3f} {plain:10.3f} {plain / mine:7.1f} {other:10.3f} {other / mine:7.1f}")
        print()


def many(folder: Path) -> None:
    """Two hundred functions of one project with the same dependencies."""
    from taskflows_cloud_core.packaging import PackageTarget, build_package

    target = PackageTarget(python_version=VERSION, platform=PLATFORM)
    jobs = [importlib.import_module(f"job{number}").run for number in range(MANY)]
    head = f"{MANY} functions, s"
    print(f"{head:<22} {'one layer':>10} {'full':>10} {'full, sent':>12} {'uv + zip':>10}")
    for name, requirements in SETS.items():
        pins = pinned(requirements)

        def build(*, apart: bool = False, sent: bool = False, pins: list[str] = pins) -> None:
            for job in jobs:
                package = build_package(job, target=target, dependencies=pins, separate_dependencies=apart)
                if sent:
                    package.read_bytes()

        build_package(jobs[0], target=target, dependencies=pins)
        layer = min(seconds(lambda: build(apart=True)) for _ in range(ROUNDS))
        full = min(seconds(build) for _ in range(ROUNDS))
        sent = min(seconds(lambda: build(sent=True)) for _ in range(ROUNDS))
        one = seconds(lambda pins=pins: install_and_zip(pins, folder))
        print(f"{name:<22} {layer:10.3f} {full:10.3f} {sent:12.3f} {one * MANY:10.1f} (one, times {MANY})")
    print("the smallest of the rounds; sent: with every byte of every archive read, as an upload does\n")


def hand_written() -> bytes:
    """The archive that one would write without us."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("index.py")
        info.external_attr = 0o100644 << 16
        archive.writestr(info, HANDLER)
    return stream.getvalue()


def starts(_folder: Path) -> None:
    """Cold and warm calls under AWS's runtime client, in turns with a hand-written handler."""
    from lambda_runtime import LambdaRuntime, lambda_interpreters, lambda_target

    from taskflows_cloud_core.packaging import build_package

    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    python = next(iter(lambda_interpreters()), None)
    if python is None:
        print("cold starts: awslambdaric is not installed\n")
        return
    number, job = 1, importlib.import_module("job0").run
    archives = {
        "hand-written": hand_written(),
        "by reference": build_package(job, target=lambda_target(running)).path.read_bytes(),
        "by value": build_package(lambda: {"answer": number}, target=lambda_target(running)).path.read_bytes(),
    }
    cold: dict[str, list[float]] = {name: [] for name in archives}
    warm: dict[str, list[float]] = {name: [] for name in archives}
    for _ in range(STARTS):
        for name, archive in archives.items():
            with LambdaRuntime(archive, python) as runtime:
                cold[name].append(runtime.invoke().seconds)
                warm[name] += [runtime.invoke().seconds for _ in range(100)]
    print_starts(cold, warm)


def print_starts(cold: dict[str, list[float]], warm: dict[str, list[float]]) -> None:
    """Print medians and their ratios to the hand-written handler."""
    print(f"{f'medians of {STARTS}, ms':<22} {'cold':>10} {'x':>6} {'warm':>10} {'x':>6}")
    base = {"cold": statistics.median(cold["hand-written"]), "warm": statistics.median(warm["hand-written"])}
    for name in cold:
        first, later = statistics.median(cold[name]), statistics.median(warm[name])
        ratios = f"{first * 1000:10.1f} {first / base['cold']:6.2f} {later * 1000:10.3f} {later / base['warm']:6.2f}"
        print(f"{name:<22} {ratios}")
    print()


PARTS: dict[str, Callable[[Path], Any]] = {"cold-warm": cold_and_warm, "many": many, "starts": starts}


def main() -> None:
    """Run the parts in a folder of their own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        (folder / "shared.py").write_text("VALUE = 1\n")
        for number in range(MANY):
            (folder / f"job{number}.py").write_text(JOB % number)
        sys.path.insert(0, str(folder))
        for name in sys.argv[1:] or PARTS:
            PARTS[name](folder)


if __name__ == "__main__":
    main()
