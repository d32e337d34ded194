"""How AWS spells the identifiers that users pass."""

from __future__ import annotations

import re

from taskflows_cloud_core import kit

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
_ACCOUNT = r"\d{12}"
_PLACE = rf"[a-z0-9-]+:{_ACCOUNT}"
LAYER = re.compile(rf"arn:aws[a-z-]*:lambda:{_PLACE}:layer:[a-zA-Z0-9_-]{{1,140}}:\d+")
QUEUE_OR_TOPIC = re.compile(rf"arn:aws[a-z-]*:(sqs|sns):{_PLACE}:[a-zA-Z0-9_.-]+")
TOPIC = re.compile(rf"arn:aws[a-z-]*:sns:{_PLACE}:[a-zA-Z0-9_-]{{1,256}}")
KEY = re.compile(rf"arn:aws[a-z-]*:kms:{_PLACE}:(key|alias)/[a-zA-Z0-9/_-]+")
ACCESS_POINT = re.compile(rf"arn:aws[a-z-]*:elasticfilesystem:{_PLACE}:access-point/fsap-[a-f0-9]{{17}}")
SUBNET = re.compile(r"subnet-[0-9a-z]+")
SECURITY_GROUP = re.compile(r"sg-[0-9a-zA-Z]+")
# AWS Lambda API Reference, FileSystemConfig (API_FileSystemConfig.html), 2026-11-25.
MOUNT_PATH = re.compile(r"/mnt/[a-zA-Z0-9-_.]{1,155}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")

ROLE_CHECK = kit.text_like(_ROLE, "arn:aws:iam::123456789012:role/name")
"""The ARN of a role, or ``None``."""
