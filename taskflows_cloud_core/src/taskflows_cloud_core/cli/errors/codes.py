"""The texts of the error codes: title, cause, remedy, example."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill, indent
from types import MappingProxyType

import attrs

TEXTS: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "TFC1000": (
            "An error without a code of its own",
            "A provider or an extension raised a general error.",
            "Read the sentence of the error; the provider that it names has the details.",
            "taskflows-cloud providers",
        ),
        "TFC1100": (
            "A configuration that cannot be used",
            "Fields of a function's configuration, options of a provider, or both have values that do not fit. "
            "The error lists all of them with the field that each is about.",
            "Mend every field that is listed; nothing was changed anywhere.",
            "@cloud_function(memory_mb=0)          # memory_mb: is 0; it must be more than 0",
        ),
        "TFC1101": (
            "A value of the wrong type",
            "A field of a configuration has a value of another type than it takes.",
            "Give the type that the error names.",
            '@cloud_function(memory_mb="512")      # memory_mb: must be an int, not str',
        ),
        "TFC1200": (
            "A schedule that cannot be read, or cannot be said",
            "The text is not systemd's OnCalendar language, or the provider cannot fire at these moments.",
            "Write it as the error proposes. `taskflows-cloud schedule explain TEXT` tells how a text is read, and "
            "allow_approximate=True takes the nearest schedule that the provider can say.",
            'taskflows-cloud schedule explain "Mon-Fri 09:00 Europe/Berlin"',
        ),
        "TFC1300": (
            "Code that cannot be packaged",
            "A function holds something that cannot be sent elsewhere (a lock, a connection, an open file), a module "
            "or a distribution that it imports cannot be found, a wheel for the target does not exist, or the archive "
            "is too large.",
            "The error names the variable, the module or the file. Make connections inside of the function; name "
            "distributions that are not found from the code in dependencies=[...]; leave out what is large.",
            '@cloud_function(dependencies=["requests>=2.31"])',
        ),
        "TFC1400": (
            "A plugin that cannot be used",
            "An installed provider or extension has a defect.",
            "`taskflows-cloud providers` tells which one and why; upgrade or uninstall it.",
            "taskflows-cloud providers",
        ),
        "TFC1401": (
            "No provider of that name is installed",
            "The name is misspelt, or the distribution that brings the provider is not in this environment.",
            "The error names what is installed and the near miss. A provider named NAME usually comes with the "
            "distribution taskflows-cloud-NAME.",
            "taskflows-cloud providers",
        ),
        "TFC1402": (
            "The provider is switched off",
            "The environment variable TASKFLOWS_CLOUD_DISABLE_PLUGINS names it.",
            "Take the name out of the variable.",
            "unset TASKFLOWS_CLOUD_DISABLE_PLUGINS",
        ),
        "TFC1403": (
            "Two distributions offer one provider",
            "Two installed distributions have an entry point of the same name.",
            "Uninstall all but one of those that the error names.",
            "pip uninstall NAME-OF-THE-OTHER",
        ),
        "TFC1404": (
            "The provider was written for another version of the hook API",
            "The provider and taskflows-cloud-core do not fit each other.",
            "Upgrade the one that the error names.",
            "pip install --upgrade NAME-OF-THE-DISTRIBUTION",
        ),
        "TFC1405": (
            "The provider could not be imported",
            "Its module failed; the error has the cause, often a distribution that is missing.",
            "Reinstall the provider, or tell its authors.",
            "pip install --force-reinstall NAME-OF-THE-DISTRIBUTION",
        ),
        "TFC1406": (
            "The provider breaks the contract",
            "It has a hook or an argument that does not exist, or gave an answer that is none.",
            "Upgrade the provider, or tell its authors.",
            "taskflows-cloud providers",
        ),
        "TFC1407": (
            "The extension cannot be used",
            "An extension failed to load, or answers hooks instead of wrapping them. Nothing runs without it, since it "
            "may be a policy.",
            "Mend or uninstall it, or switch it off by name.",
            "TASKFLOWS_CLOUD_DISABLE_PLUGINS=NAME taskflows-cloud list",
        ),
        "TFC1408": (
            "The provider does not support the operation",
            "Not every provider can do everything: not each has costs, exports, or logs of failed runs.",
            "Do without, or use another provider. `taskflows-cloud providers` lists what each can do.",
            "taskflows-cloud providers --json",
        ),
        "TFC1409": (
            "A plugin failed unexpectedly",
            "A provider, or an extension around it, raised an error that it should have handled. The message names the "
            "plugin, its version, the hook and the place in its code.",
            "Upgrade the plugin, or report it to its authors with what is shown when TASKFLOWS_CLOUD_TRACEBACK=1 is "
            "set; read that before you pass it on, since the original error may contain values of yours. An extension "
            "can be switched off by name.",
            "TASKFLOWS_CLOUD_TRACEBACK=1 taskflows-cloud deploy jobs.py",
        ),
        "TFC1500": (
            "The cloud refused or failed an operation",
            "A quota, a conflict, a network that is down, or a fault of the cloud.",
            "The error says what was refused and what mends it. Running the same command again is safe and goes on "
            "where it stopped.",
            "taskflows-cloud doctor",
        ),
        "TFC1501": (
            "No such function is deployed there",
            "The name is misspelt, or the function was deployed to another stage, region or root.",
            "List what is there, and choose the place with --stage, --provider and -o.",
            "taskflows-cloud list --provider local",
        ),
        "TFC1502": (
            "It exists, but taskflows-cloud did not make it",
            "A resource has the name that is wanted, without the tag that marks what taskflows-cloud made. "
            "It is left alone.",
            "Choose another function_name, or take it over on purpose where the provider has an option for that.",
            '@cloud_function(provider_options={"PROVIDER": {"adopt": True}})',
        ),
        "TFC1503": (
            "No usable credentials",
            "None were found, they have expired, or the cloud does not know them.",
            "Log in again, or choose the profile; `taskflows-cloud doctor` looks at them.",
            "taskflows-cloud doctor --stage prod -o profile=work",
        ),
        "TFC1504": (
            "The credentials do not permit it",
            "The policy of whoever deploys lacks an action, which the error names.",
            "Add the action. `taskflows-cloud permissions` prints the least that is needed.",
            "taskflows-cloud permissions --stage prod",
        ),
        "TFC1505": (
            "A deployment or a deletion failed",
            "One of its steps failed; the error has the step and the cause, and how many steps are done.",
            "Mend the cause and run the same command again: it goes on where it stopped.",
            "taskflows-cloud deploy jobs.py",
        ),
        "TFC1506": (
            "Somebody else is at work on the function",
            "Another deployment, update, deletion, pause or rollback of the same function is under way; the error says "
            "on which machine. Nothing was changed.",
            "Run the same command again when the other one is done. One that was killed holds nobody up on the same "
            "machine, and others for a minute at the most.",
            "taskflows-cloud deploy jobs.py",
        ),
        "TFC1600": (
            "Files of the project cannot be used",
            "A file of the project cannot be read.",
            "The error names the file and what is wrong with it.",
            "taskflows-cloud doctor",
        ),
        "TFC1601": (
            "There is no such file or module",
            "The path or the name is misspelt, or is relative to another folder than the working directory.",
            "Give a path to a Python file, or the dotted name of a module that can be imported from here.",
            "taskflows-cloud deploy jobs.py",
        ),
        "TFC1602": (
            "Your file failed while it was imported",
            "To find the marked functions, the file is imported, as `python -c 'import jobs'` would; it has a syntax "
            "error or raised an exception.",
            "Mend the line that the error names. Put what must not run at import behind `if __name__ == '__main__':`.",
            "python -c 'import jobs'",
        ),
        "TFC1603": (
            "No function is marked for deployment",
            "The file was imported, but holds no function under @cloud_function.",
            "Mark what is to be deployed; the decorator stands above all others.",
            "@cloud_function(schedules=['daily'])\ndef report():\n    ...",
        ),
        "TFC1604": (
            "No marked function has that name",
            "A NAME on the command line is neither the function_name nor the Python name of a marked function.",
            "Use one of the names that the error lists.",
            "taskflows-cloud plan jobs.py nightly-report",
        ),
        "TFC1605": (
            "The table [tool.taskflows-cloud] cannot be used",
            "pyproject.toml is no TOML, or the table has keys or values that mean nothing.",
            "Mend every key that is listed.",
            '[tool.taskflows-cloud]\nfunctions = "jobs.py"\n\n[tool.taskflows-cloud.stages.prod]\nprovider = "local"\n'
            'root = "/srv/jobs"',
        ),
        "TFC1606": (
            "No such stage, or none chosen",
            "pyproject.toml has no stage of that name; or it has several and neither --stage nor the key `stage` says "
            "which one is meant.",
            'Choose one with --stage, or make one the default with `stage = "NAME"`.',
            "taskflows-cloud plan --stage prod",
        ),
        "TFC1607": (
            "Several places where one is needed",
            "The stage deploys to several places, and this command goes to one of them.",
            "Say which with -o, by an option in which they differ.",
            "taskflows-cloud logs nightly-report --stage prod -o region=eu-west-1",
        ),
        "TFC1700": (
            "The command was written in a way that means nothing",
            "An unknown command or option, or an argument that is missing or too many.",
            "`--help` after any command tells how it is written.",
            "taskflows-cloud deploy --help",
        ),
        "TFC1701": (
            "Not confirmed",
            "The command takes something away or replaces it, and there is no terminal to ask on. Nothing was done.",
            "Run it in a terminal, or give --yes.",
            "taskflows-cloud delete nightly-report --yes",
        ),
        "TFC1702": (
            "The payload cannot be read",
            "It is no JSON, or the file that holds it cannot be read.",
            "Give JSON; @FILE reads a file and - reads standard input.",
            'taskflows-cloud invoke nightly-report \'{"day": "2026-11-25"}\'',
        ),
        "TFC1703": (
            "A moment that cannot be read",
            "Moments are a span before now, such as 10m, 2h, 3d, or ISO 8601.",
            "Write one of these; a moment without a zone is UTC.",
            "taskflows-cloud logs nightly-report --since 2h --until 2026-11-25T12:00:00+01:00",
        ),
        "TFC1704": (
            "The function ran and failed",
            "An exception left your function; its type, message and traceback are shown.",
            "Mend the function; `taskflows-cloud invoke NAME --local` runs it on this machine as the cloud would.",
            "taskflows-cloud invoke nightly-report --local",
        ),
        "TFC1705": (
            "A file, or the output, cannot be written",
            "The folder is missing, is not yours, or the disk is full.",
            "Give another path, or make room; then run the command again.",
            "taskflows-cloud schedule preview jobs.py --svg week.svg",
        ),
        "TFC1706": (
            "There is no such error code",
            "The code is misspelt, or comes from another version.",
            "`taskflows-cloud explain` without a code lists all.",
            "taskflows-cloud explain",
        ),
        "TFC1790": (
            "Interrupted",
            "You pressed Ctrl-C.",
            "Run the same command again: what is done stays, the rest is done then.",
            "taskflows-cloud deploy jobs.py",
        ),
        "TFC1799": (
            "A defect of taskflows-cloud or of a plugin",
            "Something happened that should not.",
            "Tell the authors, with what is shown when TASKFLOWS_CLOUD_TRACEBACK=1 is set; it holds no secrets of "
            "yours unless the exception itself has them.",
            "TASKFLOWS_CLOUD_TRACEBACK=1 taskflows-cloud list",
        ),
    }
)


_WIDTH = 90


@attrs.frozen(kw_only=True)
class ErrorCode:
    """The meaning of one code.

    Args:
        code: For instance ``"TFC1401"``. A code never changes its meaning and is never used again.
        title: What it is, in a few words.
        cause: Why it comes.
        remedy: What to do about it.
        example: A command, or some lines, that bring it about or mend it.
    """

    code: str
    title: str
    cause: str
    remedy: str
    example: str

    def __str__(self) -> str:
        parts = {"Cause": fill(self.cause, _WIDTH), "What to do": fill(self.remedy, _WIDTH), "Example": self.example}
        shown = "".join(f"\n\n{name}\n{indent(text, '    ')}" for name, text in parts.items())
        return f"{self.code}: {self.title}{shown}"


ERROR_CODES: dict[str, ErrorCode] = {
    code: ErrorCode(code=code, title=title, cause=cause, remedy=remedy, example=example)
    for code, (title, cause, remedy, example) in TEXTS.items()
}
"""Every code that the command line shows, in ascending order."""
