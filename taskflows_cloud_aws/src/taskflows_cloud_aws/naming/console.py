"""Links into the console of AWS. Pure."""

from __future__ import annotations

from urllib.parse import quote

from taskflows_cloud_aws.naming.names import Names

# AWS Management Console User Guide, and "Signing in" of the China and GovCloud guides: the consoles' own domains.
_DOMAINS = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def log_url(names: Names) -> str | None:
    """The page with a function's log; ``None`` in a partition whose console is not known."""
    domain = _DOMAINS.get(names.partition)
    if domain is None:
        return None
    # The console decodes twice, and writes $ where others write %.
    group = quote(quote(names.log_group, safe=""), safe="").replace("%", "$")
    place = f"https://{names.region}.{domain}/cloudwatch/home?region={names.region}"
    return f"{place}#logsV2:log-groups/log-group/{group}"
