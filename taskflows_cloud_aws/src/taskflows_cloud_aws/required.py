"""The policy for whoever deploys, as a file. Needs neither credentials nor the network."""

from __future__ import annotations

import json

from taskflows_cloud_aws.client import AwsSession
from taskflows_cloud_aws.deployer_policy import deployer_policy
from taskflows_cloud_aws.rights import given_options

FILE_NAME = "deployer-policy.json"


def required_permissions(session: AwsSession) -> dict[str, str]:
    """Print the least policy for the options of an environment.

    Returns:
        File name to content. The account is ``*``, since it is not known without asking, and the region too when
        none is given; put yours there to narrow the policy.
    """
    region = session.region_or_none
    policy = deployer_policy(
        region=region or "*", partition=session.partition_of(region) if region else "aws", **given_options(session)
    )
    return {FILE_NAME: json.dumps(policy, indent=2) + "\n"}
