"""The tables that are made from the code while the documents are built: whole, and used."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

import attrs
import pytest
from document_blocks import ROOT

GENERATE = ROOT / "docs" / "generate"
MARKER = re.compile(r"^<!-- generate: (\S+) (\S+) -->$", re.MULTILINE)
MARKERS = [match for page in sorted((ROOT / "docs").glob("*.md")) for match in MARKER.findall(page.read_text())]
CLASSES = [path for maker, path in MARKERS if maker == "fields"]


@pytest.fixture(autouse=True)
def generators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(GENERATE))
    for name in list(sys.modules):
        if Path(getattr(sys.modules[name], "__file__", None) or "").parent == GENERATE:
            monkeypatch.delitem(sys.modules, name)


def loaded(path: str) -> object:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def test_the_configuration_of_every_provider_is_documented() -> None:
    assert {
        "taskflows_cloud_core.CloudFunctionConfig",
        "taskflows_cloud_core.local.options.LocalOptions",
        "taskflows_cloud_core.local.options.LocalFunctionOptions",
        "taskflows_cloud_aws.settings.options.AwsOptions",
        "taskflows_cloud_aws.settings.function_options.AwsFunctionOptions",
    } <= set(CLASSES)


@pytest.mark.parametrize("path", CLASSES)
def test_a_table_has_a_row_with_a_meaning_for_every_field(path: str) -> None:
    table = import_module("fields_table").fields_table(path)
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    assert [row[0].strip("`") for row in rows] == [
        field.name for field in attrs.fields(loaded(path)) if not field.name.startswith("_")
    ]
    assert all(len(row[-1]) > 10 for row in rows), rows


@pytest.mark.parametrize(("maker", "argument"), MARKERS)
def test_a_marker_of_a_page_becomes_text(maker: str, argument: str) -> None:
    hook = import_module("hook")
    text = hook.on_page_markdown(f"before\n\n<!-- generate: {maker} {argument} -->\n\nafter")
    assert "generate:" not in text
    assert text.startswith("before")
    assert text.endswith("after")
    assert len(text) > 200


def test_every_limit_names_its_source() -> None:
    table = import_module("limits_table").limits_table("taskflows_cloud_aws.limits")
    for row in table.splitlines()[2:]:
        assert len(row.strip("| ").split(" | ")[-1]) > 20, row
