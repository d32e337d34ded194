"""The pictures of a terminal can be made anew, and show what commands print and nothing of the machine."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest
from document_blocks import ROOT
from pages import page_environment

COMMITTED = ROOT / "docs" / "images"


def text_of(svg: Path) -> str:
    """The words of a picture, line by line."""
    return "\n".join(html.unescape(part) for part in re.findall(r">([^<>]+)</text>", svg.read_text())).replace(
        "\xa0", " "
    )


@pytest.mark.slow
def test_the_pictures_are_made_from_real_commands(tmp_path: Path) -> None:
    script = ROOT / "docs" / "generate" / "screenshots.py"
    environment = page_environment(tmp_path)
    subprocess.run([sys.executable, str(script), str(tmp_path / "new")], env=environment, check=True)
    made = {picture.name: text_of(picture) for picture in (tmp_path / "new").iterdir()}
    assert made.keys() == {picture.name for picture in COMMITTED.iterdir()}
    assert "deployed" in made["deploy.svg"]
    assert "week of 2026-11-30" in made["schedule.svg"]
    assert "5 problems" in made["errors.svg"]
    assert not any("Traceback" in text or str(tmp_path) in text for text in made.values())


@pytest.mark.parametrize("picture", sorted(COMMITTED.iterdir()), ids=lambda path: path.name)
def test_a_picture_holds_nothing_of_a_machine_and_fetches_nothing(picture: Path) -> None:
    shown = picture.read_text()
    assert not re.search(r"(?<![\w~.])/(?:home|root|Users|work|tmp)/", shown)
    assert not re.search(r"(?:href|url\()\s*=?\s*[\"']?https?:", shown)
    assert "$" in text_of(picture)
