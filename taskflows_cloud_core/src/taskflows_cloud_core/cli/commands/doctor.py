"""``taskflows-cloud doctor``: is everything there that is needed?"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import attrs
import click

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core._version import __version__
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.progress import waiting
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.errors import CloudError, OperationUnsupported
from taskflows_cloud_core.local.system.interpreters import found_runtimes
from taskflows_cloud_core.project import Project
from taskflows_cloud_core.providers import diagnose
from taskflows_cloud_core.results import Finding, FindingStatus


@attrs.frozen(kw_only=True)
class Looked:
    """What a look at one thing found.

    Args:
        place: Where: "this machine", or provider and options.
        subject: What was looked at.
        status: "ok", "warning" when it works but a person should know, "problem" when it will not work.
        message: What was found.
        remedy: What to do about it; empty when there is nothing to do.
    """

    place: str
    subject: str
    status: FindingStatus
    message: str
    remedy: str = ""


@attrs.frozen(kw_only=True)
class DoctorAnswer(Answer):
    """Whether everything is there that is needed.

    Args:
        findings: One for each thing looked at.
    """

    findings: tuple[Looked, ...] = attrs.field(converter=to_tuple)

    @property
    def exit_code(self) -> int:
        """1 when there is a problem."""
        return int(any(each.status == "problem" for each in self.findings))

    def text(self, style: Style) -> str:
        """A line or two for each, place by place."""
        blocks = []
        for place in dict.fromkeys(each.place for each in self.findings):
            lines = [_line(each, style) for each in self.findings if each.place == place]
            blocks.append("\n".join([style.strong(place), *lines]))
        return "\n".join(blocks)


@click.command()
@place_options
@answers(DoctorAnswer, name="doctor")
def doctor(where: Where) -> DoctorAnswer:
    """Look at this machine, the plugins, the project, and the places of the stage: credentials, permissions, clock.

    It changes nothing. The exit code is 1 when there is a problem.
    """
    with waiting("looking"):
        findings = [*_this_machine(where.project), *_plugins()]
        for place in where.places:
            findings += _place(where, place.provider)
    return DoctorAnswer(findings=list(dict.fromkeys(findings)))


def _this_machine(project: Project) -> Iterator[Looked]:
    here = "this machine"
    version = ".".join(map(str, sys.version_info[:3]))
    yield Looked(place=here, subject="taskflows-cloud-core", status="ok", message=f"{__version__} on Python {version}")
    yield Looked(
        place=here, subject="Python", status="ok", message=f"functions can run here on {', '.join(found_runtimes())}"
    )
    yield _uv()
    yield _project(project)


def _uv() -> Looked:
    import uv

    try:
        path = uv.find_uv_bin()
    except FileNotFoundError:
        message, remedy = "not found; dependencies cannot be packaged without it", "pip install --force-reinstall uv"
        return Looked(place="this machine", subject="uv", status="problem", message=message, remedy=remedy)
    return Looked(place="this machine", subject="uv", status="ok", message=path)


def _project(project: Project) -> Looked:
    file = project.folder / "pyproject.toml"
    if not project.stages and not project.functions:
        message = "no [tool.taskflows-cloud] from the working directory upwards"
        remedy = "`taskflows-cloud init` writes one; FILE_OR_MODULE and --provider do without"
        return Looked(place="this machine", subject="project", status="ok", message=message, remedy=remedy)
    stages = f"stages {', '.join(project.stages)}" if project.stages else "no stages"
    if project.name is None:
        message = f"{file}, {stages}; it has no name, so `prune` cannot tell its functions from others"
        remedy = "write project = 'NAME' into the table"
        return Looked(place="this machine", subject="project", status="warning", message=message, remedy=remedy)
    return Looked(place="this machine", subject="project", status="ok", message=f"{project.name!r} of {file}, {stages}")


def _plugins() -> Iterator[Looked]:
    for each in diagnose():
        subject = f"{each.kind} {each.name}"
        if each.status == "broken":
            yield Looked(place="plugins", subject=subject, status="problem", message=each.error or "does not work")
        else:
            state = "switched off" if each.status == "disabled" else each.distribution
            yield Looked(place="plugins", subject=subject, status="ok", message=state)


def _place(where: Where, provider: str) -> Iterator[Looked]:
    try:
        environments = where.environments()
    except CloudError as error:
        yield Looked(place=provider, subject="options", status="problem", message=str(error))
        return
    for label, environment in environments.items():
        yield from (
            Looked(place=label, subject=each.subject, status=each.status, message=each.message, remedy=each.remedy)
            for each in (*_description(environment), *_findings(environment))
        )


def _description(environment: CloudEnvironment) -> list[Finding]:
    try:
        description = environment.describe_place()
    except CloudError:
        # What follows reports why.
        return []
    return [Finding(subject="place", status="ok", message=description)] if description else []


def _findings(environment: CloudEnvironment) -> list[Finding]:
    try:
        return environment.diagnose()
    except OperationUnsupported:
        return [_listing(environment)]
    except CloudError as error:
        return [Finding(subject="connection", status="problem", message=str(error))]


def _listing(environment: CloudEnvironment) -> Finding:
    """What stands for a diagnosis where the provider has none: whether its functions can be listed."""
    try:
        count = len(environment.list_functions())
    except CloudError as error:
        return Finding(subject="listing", status="problem", message=str(error))
    return Finding(subject="listing", status="ok", message=f"{count} functions are deployed")


def _line(each: Looked, style: Style) -> str:
    mark = {"ok": style.good, "warning": style.careful, "problem": style.bad}[each.status]
    head = f"  {mark(f'{each.status:<7}')}  {each.subject}: {each.message}"
    return f"{head}\n           {style.faint(each.remedy)}" if each.remedy else head
