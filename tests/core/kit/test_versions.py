"""Which version a rollback returns to, and which versions are removed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from taskflows_cloud_core import FunctionVersion, OperationError
from taskflows_cloud_core.kit import surplus_versions, version_to_restore


def versions(*numbers: int, live: int) -> list[FunctionVersion]:
    created_at = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        FunctionVersion(
            version=str(number), created_at=created_at, package_sha256=f"{number:064}", is_live=number == live
        )
        for number in numbers
    ]


@pytest.mark.parametrize(
    ("live", "wanted", "chosen"), [(9, None, "8"), (8, None, "5"), (5, "9", "9"), (9, "5", "5"), (9, "9", "9")]
)
def test_the_version_before_the_live_one_or_the_one_asked_for(live: int, wanted: str | None, chosen: str) -> None:
    assert version_to_restore("job", versions(9, 8, 5, live=live), wanted).version == chosen


@pytest.mark.parametrize(
    ("live", "wanted", "message"),
    [
        (5, None, "'job' has no version before 5, which is live; kept versions: 9, 8, 5"),
        (9, "7", "'job' has no version '7'; kept versions: 9, 8, 5"),
    ],
)
def test_a_version_that_there_is_not(live: int, wanted: str | None, message: str) -> None:
    with pytest.raises(OperationError) as raised:
        version_to_restore("job", versions(9, 8, 5, live=live), wanted)
    assert str(raised.value) == message


def test_no_versions_at_all() -> None:
    with pytest.raises(OperationError, match="'job' has no live version; kept versions: none"):
        version_to_restore("job", [])


@pytest.mark.parametrize(
    ("live", "kept", "in_use", "removed"),
    [
        (9, 2, (), ["7", "6"]),
        (6, 2, (), ["8", "7"]),
        (9, 1, (), ["8", "7", "6"]),
        (9, 2, ("7",), ["6"]),
        (9, 9, (), []),
    ],
)
def test_the_oldest_go_but_neither_the_live_one_nor_one_in_use(
    live: int, kept: int, in_use: tuple[str, ...], removed: list[str]
) -> None:
    surplus = surplus_versions(versions(9, 8, 7, 6, live=live), kept=kept, in_use=in_use)
    assert [version.version for version in surplus] == removed
