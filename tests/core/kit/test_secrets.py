"""Secrets are removed from texts in every spelling in which a server may repeat them."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from taskflows_cloud_core.kit import without_secrets

SECRET = 'pä&ss\'wörd "<x>"'


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        json.dumps(SECRET)[1:-1],
        repr(SECRET)[1:-1],
        "pä&amp;ss&#39;wörd &#34;&lt;x&gt;&#34;",
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
    ],
    ids=["plain", "json", "python", "xml", "path", "query", "base64"],
)
def test_each_spelling_is_hidden(spelling: str) -> None:
    assert without_secrets(f"refused: {spelling}!", [SECRET]) == "refused: (hidden)!"


def test_short_values_stay_as_parts_of_ordinary_words() -> None:
    assert without_secrets("the rate is one", ["one", "at"]) == "the rate is one"


def test_a_secret_within_another_leaves_no_rest() -> None:
    assert without_secrets("key=abcdefgh", ["abcd", "abcdefgh"]) == "key=(hidden)"


def test_a_lone_surrogate_is_no_reason_to_fail() -> None:
    assert without_secrets("key=ab\udc80cd", ["ab\udc80cd"]) == "key=(hidden)"
