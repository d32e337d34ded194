"""A week as an SVG picture."""

from __future__ import annotations

from xml.sax.saxutils import escape

from taskflows_cloud_core.schedules.previews.week.drawing import Rectangle, Shape, drawing_of
from taskflows_cloud_core.schedules.previews.week.week import Week


def week_svg(week: Week) -> str:
    """Draw a week as SVG: a row for each day, a coloured lane in it for each schedule.

    Args:
        week: Of `week_of`.

    Returns:
        A whole SVG document, which says in its title and legend what it shows.
    """
    drawing = drawing_of(week)
    width, height = drawing.width, drawing.height
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" font-size="12">',
            f"<title>{escape(drawing.title)}</title>",
            f'<rect width="{width}" height="{height}" fill="white"/>',
            *map(_shape, drawing.shapes),
            "</svg>\n",
        ]
    )


def _shape(shape: Shape) -> str:
    place = f'x="{shape.x:g}" y="{shape.y:g}" fill="{shape.fill}"'
    if isinstance(shape, Rectangle):
        return f'<rect {place} width="{shape.width:g}" height="{shape.height:.4g}"/>'
    weight = ' font-weight="bold"' if shape.is_title else ""
    return f'<text {place} text-anchor="{shape.anchor}"{weight}>{escape(shape.text)}</text>'
