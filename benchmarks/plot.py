"""Draws a plot as SVG text: axes from zero, a few ticks, one line per series. Nothing else."""

from __future__ import annotations

import math
from html import escape

from figures import Plot

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 40, 50
COLOURS = ("#2563eb", "#9ca3af", "#d97706", "#059669")


def svg(plot: Plot) -> str:
    points = [point for series in plot.series for point in series.points]
    xs, top = sorted({x for x, _ in points}), max(y for _, y in points) * 1.1 or 1.0
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(WIDTH / 2, 20, plot.title, "middle", "14"),
        _text(WIDTH / 2, HEIGHT - 8, plot.x, "middle"),
        _text(10, TOP - 10, plot.y, "start"),
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = _vertical(top * share, top)
        lines.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#e5e7eb"/>')
        lines.append(_text(LEFT - 8, y + 4, _short(top * share), "end"))
    for x in xs if plot.log else (xs[0], xs[len(xs) // 2], xs[-1]):
        lines.append(_text(_horizontal(x, xs, plot.log), HEIGHT - BOTTOM + 18, _short(x), "middle"))
    for number, series in enumerate(plot.series):
        colour = COLOURS[number % len(COLOURS)]
        places = [(_horizontal(x, xs, plot.log), _vertical(y, top)) for x, y in series.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        lines.append(_text(WIDTH - RIGHT, TOP + 2 + 16 * number, series.name, "end", colour=colour))
    return "\n".join([*lines, "</svg>", ""])


def _horizontal(x: float, xs: list[float], log: bool) -> float:
    def place(value: float) -> float:
        return math.log10(max(value, 1)) if log else value

    span = place(xs[-1]) - place(xs[0]) or 1
    return LEFT + (WIDTH - LEFT - RIGHT) * (place(x) - place(xs[0])) / span


def _vertical(y: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * y / top


def _text(x: float, y: float, text: str, anchor: str, size: str = "12", colour: str = "#374151") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{escape(text)}</text>'
    )


def _short(value: float) -> str:
    for limit, unit in ((1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:.3g}{unit}"
    return f"{value:.3g}"
