"""One deployer at a time: a claim is a record beside a function that says who is at work on it.

Most clouds cannot do several writes as one, so the claim is a lease. Its holder renews it; another deployer on the same
machine sees at once whether the holder's process still runs, one on another machine waits for the lease to run out.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol

import attrs

from taskflows_cloud_core import stopping
from taskflows_cloud_core.errors import ClaimedError, OperationError
from taskflows_cloud_core.kit.claiming.process_identity import ProcessIdentity, this_machine, this_process
from taskflows_cloud_core.reconcile import Claim

LEASE_SECONDS = 60.0
"""How long a holder on another machine that says nothing is believed to be at work."""
_POLL_SECONDS = 1.0
_FIELDS = frozenset({"id", "host", "machine", "pid", "started", "begun_at", "renewed_at"})
_MOST_ATTEMPTS = 5

_ACTIVE: set[str] = set()
"""The claims that deployments of this very process hold."""
_ACTIVE_LOCK = threading.Lock()


class ClaimStore(Protocol):
    """Where a place keeps the claims of its functions. Writes are conditional where the place can do that."""

    def read(self, function_name: str) -> Claim | None:
        """The claim on a function; ``None`` when nobody is at work on it."""

    def write(self, function_name: str, claim: Claim, *, replacing: Claim | None) -> bool:
        """Write a claim.

        Args:
            function_name: The function, which need not be there yet.
            claim: The new record.
            replacing: The record that it takes the place of; ``None`` when there must be none.

        Returns:
            Whether it was written: ``False`` when the record is another one by now.
        """

    def clear(self, function_name: str, claim: Claim) -> None:
        """Remove a claim, unless it is another one by now."""


def _nothing(_text: str) -> None:
    return None


@attrs.define(eq=False, kw_only=True)
class HeldClaim:
    """The claim of a deployment that is under way.

    Args:
        store: Where it is kept.
        function_name: The function.
        record: As it was last written.
        lease_seconds: How long others believe in it without a renewal.
    """

    store: ClaimStore
    function_name: str
    record: Claim
    lease_seconds: float
    _renewed: float = attrs.field(factory=time.monotonic)
    _lock: threading.Lock = attrs.field(factory=threading.Lock)

    def renew_when_due(self) -> None:
        """Say again that this deployment is at work, when the last time is half a lease ago; call before each write.

        Raises:
            ClaimedError: Somebody else has taken over.
        """
        with self._lock:
            if time.monotonic() - self._renewed < self.lease_seconds / 2:
                return
            renewed = attrs.evolve(self.record, renewed_at=_now())
            if not self.store.write(self.function_name, renewed, replacing=self.record):
                raise ClaimedError(
                    f"somebody else has taken over the deployment of {self.function_name!r}; run again to deploy yours"
                )
            self.record, self._renewed = self.store.read(self.function_name) or renewed, time.monotonic()


@contextmanager
def claimed(
    store: ClaimStore,
    function_name: str,
    *,
    report: Callable[[str], None] = _nothing,
    lease_seconds: float = LEASE_SECONDS,
) -> Iterator[HeldClaim]:
    """Keep other deployers from a function while the block runs.

    A claim whose holder is dead is taken over: on this machine at once, when its process is gone or is this one and has
    ended that deployment; from another machine when it was not renewed for ``lease_seconds``.

    Args:
        store: Where the place keeps its claims.
        function_name: The function.
        report: Takes a line about what is waited for.
        lease_seconds: How long a holder on another machine that does not renew its claim is believed to be at work.

    Yields:
        The claim that is held.

    Raises:
        ClaimedError: Somebody else is at work on the function. Nothing was changed.
    """
    now = _now()
    mine = Claim(
        id=uuid.uuid4().hex,
        host=socket.gethostname(),
        machine=this_machine(),
        pid=os.getpid(),
        started=this_process().token,
        begun_at=now,
        renewed_at=now,
    )
    with _ACTIVE_LOCK:
        _ACTIVE.add(mine.id)
    try:
        held = _acquire(store, function_name, mine, report, lease_seconds)
        try:
            yield held
        finally:
            store.clear(function_name, held.record)
    finally:
        with _ACTIVE_LOCK:
            _ACTIVE.discard(mine.id)


def _acquire(
    store: ClaimStore, function_name: str, mine: Claim, report: Callable[[str], None], lease: float
) -> HeldClaim:
    for _ in range(_MOST_ATTEMPTS):
        found = store.read(function_name)
        if found is not None:
            _require_dead(store, function_name, found, report, lease)
        if store.write(function_name, attrs.evolve(mine, renewed_at=_now()), replacing=found):
            written = store.read(function_name)
            if written is not None and written.id == mine.id:
                return HeldClaim(store=store, function_name=function_name, record=written, lease_seconds=lease)
    raise ClaimedError(f"several others deploy {function_name!r} at once; run again when they are done")


def _require_dead(
    store: ClaimStore, function_name: str, found: Claim, report: Callable[[str], None], lease: float
) -> None:
    if found.machine == this_machine():
        if _is_alive_here(found):
            raise _is_held(function_name, found)
        return
    deadline = time.monotonic() + lease
    report(f"waiting up to {lease:.0f} s, because {found} was at work on it and may still be")
    while time.monotonic() < deadline:
        if stopping.wait(min(_POLL_SECONDS, lease / 4)):
            raise OperationError("interrupted while another deployment was waited for; nothing was changed")
        now = store.read(function_name)
        if now is None:
            return
        if now != found:
            raise _is_held(function_name, now)


def _is_alive_here(claim: Claim) -> bool:
    if claim.pid == os.getpid():
        with _ACTIVE_LOCK:
            return claim.id in _ACTIVE
    return ProcessIdentity(pid=claim.pid, token=claim.started).is_alive


def _is_held(function_name: str, claim: Claim) -> ClaimedError:
    return ClaimedError(
        f"{function_name!r} is being deployed, changed or deleted by {claim}; nothing was changed, run again when that "
        "is done"
    )


def encode_claim(claim: Claim) -> str:
    """A claim as one line of JSON, for places that keep text."""
    fields = {"id": claim.id, "host": claim.host, "machine": claim.machine, "pid": claim.pid, "started": claim.started}
    times = {"begun_at": claim.begun_at.isoformat(), "renewed_at": claim.renewed_at.isoformat()}
    return json.dumps({**fields, **times})


def decode_claim(text: str, *, revision: str = "") -> Claim:
    """Read what `encode_claim` wrote.

    Args:
        text: The line.
        revision: What the place calls this state of it.

    Raises:
        ValueError: It is something else.
    """
    fields = json.loads(text)
    if not isinstance(fields, dict) or fields.keys() != _FIELDS:
        raise ValueError("it has other fields")
    texts = [fields[name] for name in _FIELDS - {"pid"}]
    if not all(isinstance(each, str) for each in texts) or type(fields["pid"]) is not int:
        raise ValueError("a field has another type")
    begun_at, renewed_at = (datetime.fromisoformat(fields.pop(name)) for name in ("begun_at", "renewed_at"))
    if begun_at.tzinfo is None or renewed_at.tzinfo is None:
        raise ValueError("a time has no time zone")
    return Claim(**fields, begun_at=begun_at, renewed_at=renewed_at, revision=revision)


def _now() -> datetime:
    return datetime.now(UTC)
