"""Links of the documents: files and headings that are there; addresses outside of a form that can be one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from document_blocks import DOCUMENTS, ROOT, name_of

_FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")


def links(document: Path) -> Iterator[str]:
    text = _CODE.sub("", _FENCED.sub("", document.read_text()))
    yield from _LINK.findall(text)


def anchors(document: Path) -> set[str]:
    """The headings as both GitHub and MkDocs number them."""
    found = set()
    for heading in _HEADING.findall(_FENCED.sub("", document.read_text())):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip()))
    return found


def inside(document: Path) -> Iterator[tuple[str, Path, str]]:
    for link in links(document):
        if not urlsplit(link).scheme:
            path, _, anchor = link.partition("#")
            yield link, (document.parent / path).resolve() if path else document, anchor


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_inside_lead_somewhere(document: Path) -> None:
    broken = []
    for link, target, anchor in inside(document):
        there = target.exists() and target.is_relative_to(ROOT)
        if not there or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_outside_are_well_formed(document: Path, record_property: Callable[[str, object], None]) -> None:
    outside = [urlsplit(link) for link in links(document) if urlsplit(link).scheme]
    for link in outside:
        assert link.scheme == "https", link.geturl()
        assert _HOST.fullmatch(link.netloc), link.geturl()
        assert not link.query.startswith("utm_"), link.geturl()
    record_property("executed links checked", len(outside) + sum(1 for _ in inside(document)))


def test_pages_of_the_site_link_to_nothing_outside_of_it() -> None:
    site = ROOT / "docs"
    leaving = [
        f"{name_of(page)}: {link}"
        for page in DOCUMENTS
        if page.is_relative_to(site)
        for link, target, _ in inside(page)
        if not target.is_relative_to(site)
    ]
    assert not leaving


def test_every_page_is_in_the_navigation_and_reached_from_the_first() -> None:
    pages = {page.name for page in (ROOT / "docs").glob("*.md")}
    listed = set(re.findall(r":\s+(\S+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE))
    assert pages == listed
    from_index = {target.name for _, target, _ in inside(ROOT / "docs" / "index.md")}
    assert pages - {"index.md"} <= from_index
