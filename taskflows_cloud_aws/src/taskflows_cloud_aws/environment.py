"""``AWSLambdaEnvironment``: the environment of this provider under a name of its own."""

from __future__ import annotations

from typing import Any

from taskflows_cloud_core import CloudEnvironment


class AWSLambdaEnvironment(CloudEnvironment):
    """The same as ``get_environment("aws", ...)``. What is not given is found as the AWS SDK finds it.

    Args:
        options: The fields of `AwsOptions`, which tells more of each:

            - ``region``: for instance ``"eu-central-1"``.
            - ``execution_role_arn``: the role that functions run as, instead of one that is made.
            - ``scheduler_role_arn``: the role that EventBridge Scheduler invokes functions as, instead of one that
              is made.
            - ``shared_roles``: one role of each kind for all functions of the region; ``False`` if not given.
            - ``schedule_service``: ``"auto"``, or ``"scheduler"`` for Scheduler schedules instead of rules.
            - ``dependency_layer``: whether dependencies are put into a layer that functions share; from 10 MiB on,
              if not given.
            - ``versions_kept``: how many versions of a function stay, 1 to 1000; 10 if not given.
            - ``alarm_topic_arn``: the SNS topic that alarms are sent to.
            - ``profile``: a profile of the AWS configuration files.
            - ``code_bucket``: the S3 bucket through which archives of more than 50 MiB pass.
            - ``endpoint_url``: where requests go instead of to AWS.

    Raises:
        ConfigurationError: With every option that is unknown or cannot be used.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__("aws", **options)
