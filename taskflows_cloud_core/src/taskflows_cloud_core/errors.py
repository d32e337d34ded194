"""Every exception that this package raises on purpose.

CloudError
├── ConfigurationError (also ValueError)          what was given cannot be used; .problems holds all of it
│   └── ConfigurationTypeError (also TypeError)   … because a value has the wrong type
├── ScheduleError (also ValueError)               a schedule that cannot be read or cannot be said
├── PackagingError                                a callable that cannot be packaged
├── ProviderError                                 a plugin that cannot be used
│   ├── UnknownProviderError (also LookupError)
│   ├── ProviderDisabledError
│   ├── DuplicateProviderError
│   ├── IncompatibleProviderError                 written for another hook API
│   ├── ProviderImportError                       .__cause__ is what went wrong
│   ├── InvalidProviderError                      unknown hook or argument, no provider_info
│   ├── InvalidExtensionError                     an extension that is not made of wrappers alone
│   ├── OperationUnsupported
│   └── PluginFailedError                         a hook raised something unexpected, which is .__cause__
├── OperationError                                a cloud said no
│   ├── FunctionNotFoundError (also LookupError)
│   ├── NotManagedError                           it exists, and we did not make it
│   ├── CredentialsError
│   ├── PermissionDeniedError
│   ├── ClaimedError                              somebody else is at work on the function
│   └── DeploymentError                           from raise_for_error(); stands beside the results that it holds
└── ProjectError                                  files of a project that cannot be used
    ├── SourceNotFoundError (also LookupError)    no such file or module
    ├── UserCodeError                             the user's own code failed while it was imported
    ├── NothingMarkedError                        a module without functions that are marked for deployment
    ├── UnknownFunctionError (also LookupError)   a name that no marked function has
    ├── ProjectFileError                          the table in pyproject.toml
    ├── UnknownStageError (also LookupError)      or several stages, and none was chosen
    └── AmbiguousPlaceError                       a call that goes to one place, and there are several

Each message says what was wrong, where, and what to do about it. Each class has a ``code`` that never changes its
meaning; ``taskflows-cloud explain CODE`` tells more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar

import attrs


@attrs.frozen(kw_only=True)
class Problem:
    """One thing wrong with an input.

    Args:
        field: Where it is, as a path that the user can find: ``"schedules[1]"``, ``"tags['team']"``.
        message: What is wrong and what to do about it, one sentence without the field.
    """

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class CloudError(Exception):
    """The root of all errors of taskflows-cloud.

    Attributes:
        code: Names the kind of error for programs and for ``taskflows-cloud explain``; it never changes.
    """

    code: ClassVar[str] = "TFC1000"


class ConfigurationError(CloudError, ValueError):
    """An input that cannot be used, with every problem found in it.

    Args:
        problems: All that is wrong, in the order of the fields.
        subject: What was checked, for instance ``"function 'report'"``.
    """

    code = "TFC1100"

    def __init__(self, problems: Iterable[Problem], *, subject: str = "") -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.subject = subject
        super().__init__(self._sentence())

    def __reduce__(self) -> tuple[Callable[..., ConfigurationError], tuple[Any, ...]]:
        return partial(type(self), subject=self.subject), (self.problems,)

    def _sentence(self) -> str:
        prefix = f"{self.subject}: " if self.subject else ""
        if len(self.problems) == 1:
            return f"{prefix}{self.problems[0]}"
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        return f"{prefix}{len(self.problems)} problems:{lines}"


class ConfigurationTypeError(ConfigurationError, TypeError):
    """A configuration in which at least one value has the wrong type."""

    code = "TFC1101"


class ScheduleError(CloudError, ValueError):
    """A schedule that cannot be read, or that a target cannot say.

    Args:
        message: What is wrong and what would be right.
        text: The schedule as it was written.
        position: The index of the offending character in ``text``, when one can be named.
    """

    code = "TFC1200"

    def __init__(self, message: str, *, text: str = "", position: int | None = None) -> None:
        self.message = message
        self.text = text
        self.position = position
        super().__init__(self._sentence())

    def __reduce__(self) -> tuple[Callable[..., ScheduleError], tuple[Any, ...]]:
        return partial(type(self), text=self.text, position=self.position), (self.message,)

    def _sentence(self) -> str:
        if not self.text:
            return self.message
        place = "" if self.position is None else f" at character {self.position + 1}"
        return f"{self.text!r}{place}: {self.message}"


class PackagingError(CloudError):
    """A callable, a dependency or a file that cannot be packaged."""

    code = "TFC1300"


class ProviderError(CloudError):
    """A plugin that cannot be used.

    Args:
        message: The whole sentence for the reader.
        provider: The name that was asked for, or of the extension.
        distribution: ``"name version"`` of the distribution at fault, when there is one.
    """

    code = "TFC1400"

    def __init__(self, message: str, *, provider: str = "", distribution: str = "") -> None:
        self.provider = provider
        self.distribution = distribution
        super().__init__(message)

    def __reduce__(self) -> tuple[Callable[..., ProviderError], tuple[Any, ...]]:
        return partial(type(self), provider=self.provider, distribution=self.distribution), self.args


class UnknownProviderError(ProviderError, LookupError):
    """No installed distribution offers a provider of that name."""

    code = "TFC1401"


class ProviderDisabledError(ProviderError):
    """The provider is switched off by TASKFLOWS_CLOUD_DISABLE_PLUGINS."""

    code = "TFC1402"


class DuplicateProviderError(ProviderError):
    """Two distributions offer a provider of the same name."""

    code = "TFC1403"


class IncompatibleProviderError(ProviderError):
    """The provider was written for another version of the hook API."""

    code = "TFC1404"


class ProviderImportError(ProviderError):
    """The provider's module could not be imported; the cause is chained."""

    code = "TFC1405"


class InvalidProviderError(ProviderError):
    """The provider breaks the contract: an unknown hook, an unknown argument, no ``provider_info``."""

    code = "TFC1406"


class InvalidExtensionError(ProviderError):
    """An extension cannot be loaded, or has a hook implementation that is not a wrapper."""

    code = "TFC1407"


class OperationUnsupported(ProviderError):  # noqa: N818 - the name that outside users already catch
    """The provider does not implement the operation that was called."""

    code = "TFC1408"


class PluginFailedError(ProviderError):
    """A hook raised an exception that is not a `CloudError`; that exception is ``__cause__``.

    Args:
        message: The whole sentence for the reader. It never contains the text of the original exception, which may
            hold secrets.
        provider: The name of the plugin at fault.
        distribution: ``"name version"`` of its distribution.
        hook: The name of the hook.
    """

    code = "TFC1409"

    def __init__(self, message: str, *, provider: str = "", distribution: str = "", hook: str = "") -> None:
        self.hook = hook
        super().__init__(message, provider=provider, distribution=distribution)

    def __reduce__(self) -> tuple[Callable[..., PluginFailedError], tuple[Any, ...]]:
        return (
            partial(type(self), provider=self.provider, distribution=self.distribution, hook=self.hook),
            self.args,
        )


class OperationError(CloudError):
    """The cloud, or the machine that stands for it, refused or failed an operation."""

    code = "TFC1500"


class FunctionNotFoundError(OperationError, LookupError):
    """No function of that name is deployed there by taskflows-cloud."""

    code = "TFC1501"


class NotManagedError(OperationError):
    """A resource of that name exists, but was not made by taskflows-cloud."""

    code = "TFC1502"


class CredentialsError(OperationError):
    """No usable credentials."""

    code = "TFC1503"


class PermissionDeniedError(OperationError):
    """The credentials do not permit the action that the message names."""

    code = "TFC1504"


class ClaimedError(OperationError):
    """Somebody else deploys, changes or deletes the function at the moment; nothing was changed."""

    code = "TFC1506"


class ProjectError(CloudError):
    """Files of a project that cannot be used."""

    code = "TFC1600"


class SourceNotFoundError(ProjectError, LookupError):
    """There is no such file or module."""

    code = "TFC1601"


class UserCodeError(ProjectError):
    """The user's own code failed while it was imported.

    Args:
        message: File, line and what went wrong there.
        trace: The way to it through the user's own files, for people; empty when there is none.
    """

    code = "TFC1602"

    def __init__(self, message: str, *, trace: str = "") -> None:
        self.trace = trace
        super().__init__(message)

    def __reduce__(self) -> tuple[Callable[..., UserCodeError], tuple[Any, ...]]:
        return partial(type(self), trace=self.trace), self.args


class NothingMarkedError(ProjectError):
    """A module has no function that is marked for deployment."""

    code = "TFC1603"


class UnknownFunctionError(ProjectError, LookupError):
    """No marked function has that name."""

    code = "TFC1604"


class ProjectFileError(ProjectError):
    """The table ``[tool.taskflows-cloud]`` of pyproject.toml cannot be used.

    Args:
        message: What is wrong, and in which file.
        problems: All that is wrong in the table, each with its key; empty when the file is no TOML.
    """

    code = "TFC1605"

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message, tuple(problems))
        self.problems: tuple[Problem, ...] = self.args[1]

    def __str__(self) -> str:
        return str(self.args[0])


class UnknownStageError(ProjectError, LookupError):
    """The project has no stage of that name, or several and none was chosen."""

    code = "TFC1606"


class AmbiguousPlaceError(ProjectError):
    """The stage has several places, and the call goes to one."""

    code = "TFC1607"
