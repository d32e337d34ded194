"""A week as a PNG picture. Pillow draws it, which comes with the extra ``png``."""

from __future__ import annotations

import io
from typing import Any

from taskflows_cloud_core.errors import ConfigurationError, Problem
from taskflows_cloud_core.schedules.previews.week.drawing import Label, Rectangle, drawing_of
from taskflows_cloud_core.schedules.previews.week.week import Week

# Twice as many pixels as an SVG has by itself, for sharp letters.
_ZOOM = 2
_FONT_SIZE = 12
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def week_png(week: Week) -> bytes:
    """Draw a week as PNG: a row for each day, a coloured lane in it for each schedule.

    Args:
        week: Of `week_of`.

    Returns:
        A whole PNG file.

    Raises:
        ConfigurationError: Pillow is not installed.
    """
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        needed = "is drawn by Pillow, which is not installed; pip install 'taskflows-cloud-core[png]', or take SVG"
        raise ConfigurationError([Problem(field="PNG", message=needed)]) from error
    drawing = drawing_of(week)
    image = Image.new("RGB", (drawing.width * _ZOOM, drawing.height * _ZOOM), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(_FONT_SIZE * _ZOOM)
    for shape in drawing.shapes:
        if isinstance(shape, Rectangle):
            pen.rectangle(_corners(shape), fill=shape.fill)
        else:
            _write(pen, shape, font)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _corners(shape: Rectangle) -> tuple[int, int, int, int]:
    """The first and the last pixel; Pillow fills both."""
    left, top = round(shape.x * _ZOOM), round(shape.y * _ZOOM)
    right, bottom = round((shape.x + shape.width) * _ZOOM) - 1, round((shape.y + shape.height) * _ZOOM) - 1
    return left, top, right, max(bottom, top)


def _write(pen: Any, label: Label, font: Any) -> None:
    place = label.x * _ZOOM, label.y * _ZOOM
    pen.text(place, label.text, fill=label.fill, font=font, anchor=_ANCHORS[label.anchor])
