"""``AWSLambdaEnvironment``: the environment of this provider under a name of its own."""

from __future__ import annotations

from typing import Any

from taskflows_cloud_core import CloudEnvironment


class AWSLambdaEnvironment(CloudEnvironment):
    """The same as ``get_environment("aws", ...)``.

    Args:
        options: The fields of `AwsOptions`: ``region``, ``execution_role_arn``, ``scheduler_role_arn``,
            ``profile``, ``endpoint_url``.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__("aws", **options)
