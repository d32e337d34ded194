"""Reading a Lambda function, its code and its tags: a call outside of Lambda's scarcest budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taskflows_cloud_aws.session.session import AwsSession

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import GetFunctionResponseTypeDef


def get_function(session: AwsSession, name: str, *, qualifier: str | None = None) -> GetFunctionResponseTypeDef | None:
    """AWS's own answer; ``None`` when there is no such function, or none of that version or alias."""
    client = session.lambda_
    request: Any = {"FunctionName": name} if qualifier is None else {"FunctionName": name, "Qualifier": qualifier}
    try:
        answer = client.get_function(**request)
    except client.exceptions.ResourceNotFoundException:
        return None
    session.secrets.update(answer["Configuration"].get("Environment", {}).get("Variables", {}).values())
    return answer
