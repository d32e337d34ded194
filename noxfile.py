"""Every chore of this repository, one session each: ``nox --list`` shows them, ``nox`` runs those of a change.

The sessions install all they need by themselves. They take the interpreters that they find, pyenv's included, and
use uv where it is there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nox

HERE = Path(__file__).parent
DISTRIBUTIONS = sorted(path.parent.name for path in HERE.glob("taskflows_cloud_*/pyproject.toml"))
VERSIONS = ("3.11", "3.12", "3.13")
MINISTACK = "ministack==1.5.33"
# Command lines that ours is measured beside; their packages do not go together.
PEERS = ("aws-sam-cli", "chalice", "lithops")

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "tests", "integration", "minimums", "build", "docs", "quickstart"]
os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")


def wake_pyenv() -> None:
    """Let pyenv's shims answer for every version that we test on."""
    if shutil.which("pyenv") is None or "PYENV_VERSION" in os.environ:
        return
    listed = subprocess.run(["pyenv", "versions", "--bare"], capture_output=True, text=True, check=False).stdout.split()
    ours = [name for name in listed if name.rpartition(".")[0] in VERSIONS]
    running = ".".join(map(str, sys.version_info[:3]))
    ours.sort(key=lambda name: name != running)
    if ours:
        os.environ["PYENV_VERSION"] = ":".join(ours)


def is_found(version: str) -> bool:
    """Whether an interpreter of that version answers."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return True
    program = shutil.which(f"python{version}")
    return program is not None and subprocess.run([program, "-c", ""], capture_output=True, check=False).returncode == 0


wake_pyenv()
FOUND = [version for version in VERSIONS if is_found(version)]
OLDEST = FOUND[0]
QUICK = "not integration and not slow and not sweep"
# Where another Python or another version of a dependency can make a difference. All else is the same on each, and is
# tested on the oldest Python.
CHOSEN = (
    *(f"tests/core/{name}" for name in ("environment", "packaging", "providers", "reconcile", "schedules")),
    *(f"tests/core/test_{name}.py" for name in ("conformance", "interop")),
    *("tests/local/test_life_cycle.py", "tests/cli/test_daily_life.py"),
    *(
        f"tests/aws/{name}.py"
        for name in ("deployment/test_deploying", "operations/test_invoking", "packaging/test_package")
    ),
)


def group(name: str) -> list[str]:
    """The requirements of a dependency group of pyproject.toml."""
    return nox.project.dependency_groups(nox.project.load_toml(HERE / "pyproject.toml"), name)


def editable() -> list[str]:
    """The arguments that install every distribution of the workspace from its sources."""
    return [argument for name in DISTRIBUTIONS for argument in ("--editable", f"./{name}")]


@nox.session(python=FOUND)
def tests(session: nox.Session) -> None:
    """Run the tests that start no server: all on the oldest Python, those where it matters on the newer ones.

    Arguments go to pytest, in place of that choice: ``nox -s tests-3.13 -- tests`` runs all that are not slow.
    """
    session.install(*editable(), *group("test"))
    if session.python == OLDEST:
        # The documents are tested by the session of their own.
        which = "not integration and not sweep", *(session.posargs or ["--ignore=tests/docs"])
    else:
        which = QUICK, *(session.posargs or CHOSEN)
    session.run("pytest", "-n", "auto", "--dist", "loadgroup", "--durations", "25", "-m", *which)


@nox.session(python=OLDEST)
def integration(session: nox.Session) -> None:
    """Run the tests on the AWS emulator and on the Lambda runtime client of every Python that is found."""
    session.install(*editable(), *group("test"))
    session.env["TASKFLOWS_CLOUD_MINISTACK"] = str(beside(session, "ministack", MINISTACK) / "bin" / "ministack")
    runtimes = [beside(session, f"lambda-{version}", "awslambdaric>=3.0", python=version) for version in FOUND]
    session.env["TASKFLOWS_CLOUD_LAMBDA_PYTHONS"] = os.pathsep.join(str(path / "bin" / "python") for path in runtimes)
    session.run("pytest", "-n", "auto", "--durations", "25", "-m", "integration", *session.posargs)


def beside(session: nox.Session, name: str, requirement: str, *, python: str | None = None) -> Path:
    """A virtual environment beside the session's own, for a tool that must not share its packages."""
    folder = Path(session.create_tmp()).resolve().parent / f"beside-{name}"
    own = session.run("python", "-c", "import sys; print(sys.executable)", silent=True).strip()
    interpreter = own if python in (None, session.python) else shutil.which(f"python{python}") or own
    program = folder / "bin" / "python"
    if not program.exists():
        session.run("uv", "venv", "--quiet", "--python", interpreter, str(folder), external=True)
    session.run("uv", "pip", "install", "--quiet", "--python", str(program), requirement, external=True)
    return folder


@nox.session(python=OLDEST)
def lint(session: nox.Session) -> None:
    """Check style and formatting with ruff."""
    session.install(*group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(python=OLDEST)
def types(session: nox.Session) -> None:
    """Check all annotations of the distributions with mypy --strict."""
    session.install(*editable(), *group("types"))
    session.run("mypy")


@nox.session(python=OLDEST)
def minimums(session: nox.Session) -> None:
    """Run the tests with the oldest versions of the dependencies that are promised to work."""
    session.install("--resolution=lowest-direct", *editable(), *group("test"))
    session.run("pytest", "-n", "auto", "--dist", "loadgroup", "-m", QUICK, *(session.posargs or CHOSEN))


@nox.session(python=OLDEST)
def build(session: nox.Session) -> None:
    """Build wheels and sdists, check them, and use them in empty environments: core alone, then with each provider."""
    session.install(*group("build"))
    folder = Path(session.create_tmp()).resolve() / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    for name in DISTRIBUTIONS:
        session.run("python", "-m", "build", "--outdir", str(folder), f"./{name}", silent=True)
    session.run("twine", "check", "--strict", *sorted(map(str, folder.iterdir())))
    session.run("python", "tests/installed/check_wheels.py", str(folder))


@nox.session(python=OLDEST)
def docs(session: nox.Session) -> None:
    """Run every code block and command of the documents, check their links, build them; a warning is an error."""
    session.install(*editable(), *group("test"), *group("docs"))
    session.env["TASKFLOWS_CLOUD_MINISTACK"] = str(beside(session, "ministack", MINISTACK) / "bin" / "ministack")
    session.run("pytest", "-n", "auto", "tests/docs", *session.posargs)
    session.env["NO_MKDOCS_2_WARNING"] = "1"
    session.run("mkdocs", "build", "--strict", "--quiet", "--site-dir", session.create_tmp() + "/site")


@nox.session(python=OLDEST)
def screenshots(session: nox.Session) -> None:
    """Make the pictures of a terminal in docs/images anew, from what real commands print."""
    session.install(*editable())
    session.run("python", "docs/generate/screenshots.py", "docs/images")


@nox.session(python=OLDEST)
def bench(session: nox.Session) -> None:
    """Measure side by side, as ratios: imports, hook dispatch, deployments. Arguments choose files of benchmarks/."""
    session.install(*editable(), *group("test"), *group("bench"))
    session.env["TASKFLOWS_CLOUD_MINISTACK"] = str(beside(session, "ministack", MINISTACK) / "bin" / "ministack")
    chosen = session.posargs or sorted(path.stem for path in (HERE / "benchmarks").glob("[a-z]*.py"))
    if "startup" in chosen:
        peers = [beside(session, f"peer-{name}", name) / "bin" for name in PEERS]
        session.env["TASKFLOWS_CLOUD_PEERS"] = os.pathsep.join(map(str, peers))
    for name in chosen:
        session.run("python", f"benchmarks/{name}.py")


@nox.session(python=False)
def quickstart(session: nox.Session) -> None:
    """Run the commands of the documents as a newcomer would: in a fresh copy, with an empty home."""
    session.run(sys.executable, "tests/installed/document_commands.py", *session.posargs)


@nox.session(python=OLDEST)
def plugin(session: nox.Session) -> None:
    """Make a provider with the command line, install it, run its tests and use it; prints the whole session."""
    session.install("uv")
    session.run("python", "tests/installed/plugin_session.py", "./taskflows_cloud_core", *session.posargs)


@nox.session(python=OLDEST)
def sweep(session: nox.Session) -> None:
    """Run the tests that put a fault or a death at every call of every kind of deployment; takes an hour."""
    session.install(*editable(), *group("test"))
    others = "--ignore=tests/core/schedules", "--ignore=tests/aws/schedules/test_schedules_exact.py"
    session.run("pytest", "-n", "auto", "-m", "sweep", *others, *session.posargs)


@nox.session(python=OLDEST)
def schedules(session: nox.Session) -> None:
    """Compare thousands of schedules with systemd and with another evaluator, to the year 2199; takes some minutes."""
    session.install(*editable(), *group("test"))
    places = ("tests/core/schedules", "tests/aws/schedules/test_schedules_exact.py")
    session.run("pytest", "-n", "auto", "-m", "slow or sweep", *places, *session.posargs)


@nox.session(python=OLDEST)
def coverage(session: nox.Session) -> None:
    """Measure which lines and branches the tests reach."""
    session.install(*editable(), *group("test"))
    session.run("coverage", "run", "-m", "pytest", "-m", QUICK, *session.posargs)
    session.run("coverage", "report", "--show-missing", "--skip-covered")
