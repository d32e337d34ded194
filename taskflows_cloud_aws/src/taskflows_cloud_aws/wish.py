"""What a user asks for, as the AWS provider is told."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from taskflows_cloud_aws.naming import Names
from taskflows_cloud_aws.options import AwsOptions
from taskflows_cloud_core import CloudFunctionConfig, Package, Trigger


@attrs.frozen(kw_only=True)
class Wish:
    """What a user asks for; ``None`` keeps what is there.

    Args:
        names: Of the function.
        options: Of the environment.
        config: The configuration.
        package: The code.
        triggers: The schedules.
    """

    names: Names
    options: AwsOptions
    config: CloudFunctionConfig | None
    package: Package | None
    triggers: Sequence[Trigger] | None
