"""The only place that makes AWS clients."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar, cast

from taskflows_cloud_aws import limits
from taskflows_cloud_aws._version import __version__
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.session.layer_cache import LayerNotes
from taskflows_cloud_aws.settings.options import AwsOptions
from taskflows_cloud_core import ConfigurationError, Problem
from taskflows_cloud_core.kit import RateLimit, Retry

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import GetCallerIdentityResponseTypeDef

_T = TypeVar("_T")
_R = TypeVar("_R")

_CONNECT_SECONDS, _READ_SECONDS = 10, 70
_QUICK_SECONDS = 5
# A run may take 900 seconds, and asking again would run it twice.
_RUN_SECONDS = 960
# Ten attempts with standard back-off heal a burst of eight throttles at one call.
_ATTEMPTS = 10
_PARALLEL_READS = 8


class AwsSession:
    """Clients for one account and region, each made when it is first used. Safe for threads.

    Args:
        options: The user's options.
    """

    def __init__(self, options: AwsOptions) -> None:
        self.options = options
        self.retry = Retry()
        self.known_functions: set[str] = set()
        self.known_roles: set[str] = set()
        self.claimed: set[str] = set()
        # The functions' revisions when they were last read for a plan: an update is refused when they have moved on.
        self.revisions: dict[str, str] = {}
        self.denied: set[str] = set()
        self._rate_limit = RateLimit(per_second=limits.CONTROL_CALLS_A_SECOND)
        self._lock = threading.RLock()
        self._kept: dict[str, Any] = {}
        self._in_turn: dict[str, threading.Lock] = {}
        self.layers = LayerNotes(clock=time.monotonic)
        # Environment values, of any function that this session had to do with: no message may show one.
        self.secrets: set[str] = set()

    def _once(self, key: str, make: Callable[[], _T]) -> _T:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            return cast("_T", self._kept[key])

    def in_turn(self, key: str) -> threading.Lock:
        """A lock by name, for what functions share: one makes it, the others find it."""
        with self._lock:
            return self._in_turn.setdefault(key, threading.Lock())

    @property
    def _boto(self) -> boto3.Session:
        return self._once("session", self._make_session)

    def _make_session(self) -> boto3.Session:
        import boto3

        return boto3.Session(profile_name=self.options.profile, region_name=self.options.region)

    def _client(self, service: str, *, runs_code: bool = False) -> Any:
        return self._once(f"client {service} {runs_code}", lambda: self._make_client(service, runs_code=runs_code))

    def _make_client(self, service: str, *, runs_code: bool) -> Any:
        from botocore.config import Config

        config = Config(
            region_name=self.region,
            user_agent_extra=f"taskflows-cloud-aws/{__version__}",
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_RUN_SECONDS if runs_code else _READ_SECONDS,
            tcp_keepalive=True,
            max_pool_connections=32,
            retries={"mode": "standard", "total_max_attempts": 1 if runs_code else _ATTEMPTS},
        )
        client = cast("Any", self._boto).client(service, config=config, endpoint_url=self.options.endpoint_url)
        if service == "lambda" and not runs_code:
            client.meta.events.register("before-send.lambda", self._keep_to_rate)
        return client

    def quick_client(self, service: str, region: str | None = None) -> Any:
        """A client for diagnoses: it gives up soon, so that many things can be looked at.

        Args:
            service: For instance ``"sts"``.
            region: Another one than the session's.
        """
        from botocore.config import Config

        config = Config(connect_timeout=_QUICK_SECONDS, read_timeout=_QUICK_SECONDS, retries={"total_max_attempts": 2})
        boto: Any = self._boto
        url = self.options.endpoint_url
        return boto.client(service, region_name=region or self.region, config=config, endpoint_url=url)

    def known_regions(self) -> list[str]:
        """The regions that have Lambda, of all partitions, as far as the installed botocore knows."""
        boto: Any = self._boto
        partitions = boto.get_available_partitions()
        return [region for one in partitions for region in boto.get_available_regions("lambda", partition_name=one)]

    def partition_of(self, region: str) -> str:
        """The partition of a region, from the data of botocore."""
        return self._boto.get_partition_for_region(region)

    @property
    def region_or_none(self) -> str | None:
        """The region of all calls; ``None`` when none is given."""
        return self._boto.region_name

    def home_region(self) -> str | None:
        """A region of the same partition that needs no enabling; ``None`` when this is one, or none is known."""
        partition = self.partition_of(self.region)
        home = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}.get(partition)
        return None if home == self.region or self.foreign_endpoint is not None else home

    def _keep_to_rate(self, event_name: str, **_request: Any) -> None:
        operation = event_name.rpartition(".")[2]
        if operation not in limits.CALLS_WITH_A_BUDGET_OF_THEIR_OWN and self.foreign_endpoint is None:
            self._rate_limit.acquire()

    @property
    def lambda_(self) -> LambdaClient:
        """AWS Lambda."""
        return cast("LambdaClient", self._client("lambda"))

    @property
    def lambda_runs(self) -> LambdaClient:
        """AWS Lambda for invocations: it waits for the end of a run and never asks twice."""
        return cast("LambdaClient", self._client("lambda", runs_code=True))

    @property
    def events(self) -> EventBridgeClient:
        """Amazon EventBridge."""
        return cast("EventBridgeClient", self._client("events"))

    @property
    def scheduler(self) -> EventBridgeSchedulerClient:
        """EventBridge Scheduler."""
        return cast("EventBridgeSchedulerClient", self._client("scheduler"))

    @property
    def logs(self) -> CloudWatchLogsClient:
        """Amazon CloudWatch Logs."""
        return cast("CloudWatchLogsClient", self._client("logs"))

    @property
    def iam(self) -> IAMClient:
        """AWS Identity and Access Management."""
        return cast("IAMClient", self._client("iam"))

    @property
    def cloudwatch(self) -> Any:
        """Amazon CloudWatch."""
        return self._client("cloudwatch")

    @property
    def sqs(self) -> Any:
        """Amazon SQS."""
        return self._client("sqs")

    @property
    def sns(self) -> Any:
        """Amazon SNS."""
        return self._client("sns")

    @property
    def s3(self) -> Any:
        """Amazon S3."""
        return self._client("s3")

    @property
    def _sts(self) -> STSClient:
        return cast("STSClient", self._client("sts"))

    @property
    def region(self) -> str:
        """The region of all calls.

        Raises:
            ConfigurationError: None is given, neither here nor in the AWS configuration.
        """
        region = self._boto.region_name
        if not region:
            message = "is not known; pass region='eu-central-1' or the like, or set AWS_DEFAULT_REGION"
            raise ConfigurationError([Problem(field="region", message=message)], subject="provider 'aws'")
        return region

    @property
    def _identity(self) -> GetCallerIdentityResponseTypeDef:
        return self._once("identity", self._ask_for_identity)

    def _ask_for_identity(self) -> GetCallerIdentityResponseTypeDef:
        identity = self._sts.get_caller_identity()
        own, of_region = _partition_of(identity["Arn"]), self._boto.get_partition_for_region(self.region)
        # Emulators say "aws" whatever the region.
        if own != of_region and self.foreign_endpoint is None:
            message = f"{self.region!r} is of the partition {of_region!r}, and the credentials are of {own!r}"
            raise ConfigurationError([Problem(field="region", message=message)], subject="provider 'aws'")
        return identity

    @property
    def partition(self) -> str:
        """The partition of the credentials, and so of all ARNs: ``"aws"``, ``"aws-cn"``, ``"aws-us-gov"`` and so on."""
        return _partition_of(self._identity["Arn"])

    @property
    def account(self) -> str:
        """The account of the credentials. Asked of AWS once, which also proves that they are good."""
        return self._identity["Account"]

    @property
    def foreign_endpoint(self) -> str | None:
        """Where requests go when that is not AWS."""
        url: str = self.lambda_.meta.endpoint_url
        host = url.partition("://")[2].partition("/")[0].partition(":")[0]
        aws = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu")
        return None if host.endswith(aws) else url

    def names(self, function: str) -> Names:
        """The names of all that belongs to a function in this account and region."""
        return Names(function=function, region=self.region, account=self.account, partition=self.partition)

    def side_by_side(self, call: Callable[[_T], _R], items: Iterable[_T]) -> list[_R]:
        """Make several reading calls at once; the answers come in the order of the items."""
        todo = list(items)
        if len(todo) < 2:
            return [call(item) for item in todo]
        with ThreadPoolExecutor(max_workers=_PARALLEL_READS, thread_name_prefix="taskflows-cloud-read") as pool:
            return list(pool.map(call, todo))


def _partition_of(arn: str) -> str:
    return arn.split(":")[1]
