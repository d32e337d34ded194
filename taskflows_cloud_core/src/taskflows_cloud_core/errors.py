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
│   └── OperationUnsupported
└── OperationError                                a cloud said no
    ├── FunctionNotFoundError (also LookupError)
    ├── NotManagedError                           it exists, and we did not make it
    ├── CredentialsError
    ├── PermissionDeniedError
    └── DeploymentError                           from raise_for_error(); stands beside the results that it holds

Each message says what was wrong, where, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

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
    """The root of all errors of taskflows-cloud."""


class ConfigurationError(CloudError, ValueError):
    """An input that cannot be used, with every problem found in it.

    Args:
        problems: All that is wrong, in the order of the fields.
        subject: What was checked, for instance ``"function 'report'"``.
    """

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


class ScheduleError(CloudError, ValueError):
    """A schedule that cannot be read, or that a target cannot say.

    Args:
        message: What is wrong and what would be right.
        text: The schedule as it was written.
        position: The index of the offending character in ``text``, when one can be named.
    """

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


class ProviderError(CloudError):
    """A plugin that cannot be used.

    Args:
        message: The whole sentence for the reader.
        provider: The name that was asked for, or of the extension.
        distribution: ``"name version"`` of the distribution at fault, when there is one.
    """

    def __init__(self, message: str, *, provider: str = "", distribution: str = "") -> None:
        self.provider = provider
        self.distribution = distribution
        super().__init__(message)

    def __reduce__(self) -> tuple[Callable[..., ProviderError], tuple[Any, ...]]:
        return partial(type(self), provider=self.provider, distribution=self.distribution), self.args


class UnknownProviderError(ProviderError, LookupError):
    """No installed distribution offers a provider of that name."""


class ProviderDisabledError(ProviderError):
    """The provider is switched off by TASKFLOWS_CLOUD_DISABLE_PLUGINS."""


class DuplicateProviderError(ProviderError):
    """Two distributions offer a provider of the same name."""


class IncompatibleProviderError(ProviderError):
    """The provider was written for another version of the hook API."""


class ProviderImportError(ProviderError):
    """The provider's module could not be imported; the cause is chained."""


class InvalidProviderError(ProviderError):
    """The provider breaks the contract: an unknown hook, an unknown argument, no ``provider_info``."""


class InvalidExtensionError(ProviderError):
    """An extension cannot be loaded, or has a hook implementation that is not a wrapper."""


class OperationUnsupported(ProviderError):  # noqa: N818 - the name that outside users already catch
    """The provider does not implement the operation that was called."""


class OperationError(CloudError):
    """The cloud, or the machine that stands for it, refused or failed an operation."""


class FunctionNotFoundError(OperationError, LookupError):
    """No function of that name is deployed there by taskflows-cloud."""


class NotManagedError(OperationError):
    """A resource of that name exists, but was not made by taskflows-cloud."""


class CredentialsError(OperationError):
    """No usable credentials."""


class PermissionDeniedError(OperationError):
    """The credentials do not permit the action that the message names."""
