"""moto answers one request at a time: its stores are plain dictionaries, which another thread may not change."""

from __future__ import annotations

import functools
import os
import threading

from moto.core.botocore_stubber import BotocoreStubber

_answering = threading.RLock()
# A copy of this process must neither find a request half done nor the lock held for ever.
os.register_at_fork(before=_answering.acquire, after_in_parent=_answering.release, after_in_child=_answering.release)


def answer_in_turn() -> None:
    """From now on, and however often it is called, requests of several threads wait for one another."""
    if not hasattr(BotocoreStubber.process_request, "__wrapped__"):
        process = BotocoreStubber.process_request

        @functools.wraps(process)
        def in_turn(*args: object) -> object:
            with _answering:
                return process(*args)

        BotocoreStubber.process_request = in_turn
