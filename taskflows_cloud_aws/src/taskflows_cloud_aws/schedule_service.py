"""All schedules by EventBridge Scheduler, also those that a rule could say. Pure."""

from __future__ import annotations

import attrs

from taskflows_cloud_core import Translation

_SCHEDULER = "scheduler"


def by_scheduler(translation: Translation) -> Translation:
    """Let Scheduler do what a rule would.

    Both speak the same language; a rule's is that of UTC. (EventBridge Scheduler User Guide, "Schedule types",
    2026-11-25.)
    """
    expressions = [attrs.evolve(one, service=_SCHEDULER) for one in translation.expressions]
    return attrs.evolve(translation, expressions=expressions)
