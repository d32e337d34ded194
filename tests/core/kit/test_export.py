"""Pieces of documents for other tools."""

from __future__ import annotations

import json

import pytest

from taskflows_cloud_core.kit import properties_of_kind, resources_of_kind
from taskflows_cloud_core.kit.export import terraform
from taskflows_cloud_core.kit.export.documents import as_json, without_blanks
from taskflows_cloud_core.reconcile import Resource


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("plain $x %y", "plain $x %y"), ("${var.x}", "$${var.x}"), ("%{ if x }", "%%{ if x }"), ("$${x}", "$$${x}")],
)
def test_no_expression_is_found_in_a_literal(text: str, escaped: str) -> None:
    assert terraform.literal(text) == escaped


def test_blank_arguments_are_left_out_but_not_zero_or_false() -> None:
    given = {"a": None, "b": "", "c": [], "d": {}, "e": 0, "f": False, "g": "x"}
    assert without_blanks(given) == {"e": 0, "f": False, "g": "x"}


def test_blocks_are_grouped_by_type() -> None:
    blocks = [("queue", "one", {"size": 1, "name": ""}), ("queue", "two", {}), ("topic", "one", {"size": 2})]
    assert terraform.resource_blocks(blocks) == {
        "queue": {"one": {"size": 1}, "two": {}},
        "topic": {"one": {"size": 2}},
    }


def test_values_of_the_environment_are_sensitive_variables() -> None:
    assert terraform.environment_variables(["TOKEN"]) == {
        "environment_TOKEN": {
            "type": "string",
            "sensitive": True,
            "description": "The environment variable TOKEN",
        }
    }
    assert terraform.text_variable(default="north") == {"type": "string", "default": "north"}


def test_a_document_is_json_with_a_line_end() -> None:
    text = as_json({"b": 1, "a": [2]})
    assert text.endswith("}\n")
    assert json.loads(text) == {"b": 1, "a": [2]}


def test_resources_are_found_by_kind() -> None:
    second, first = (Resource(kind="rule", name=name, properties={"name": name}) for name in ("b", "a"))
    resources = [second, Resource(kind="function", name="job", properties={}), first]
    assert resources_of_kind(resources, "rule") == [first, second]
    assert properties_of_kind(resources, "rule") == {"name": "a"}
    assert properties_of_kind(resources, "queue") == {}
