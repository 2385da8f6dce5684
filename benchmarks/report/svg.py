"""Charts as SVG, written here: a reader's dark page and light page both have to show them, which is a rule of CSS that
no library of charts writes, and a chart is a few lines and words.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import ceil, floor, log10

Points = Sequence[tuple[float, float]]

STYLE = """
  <style>
    text { font: 13px system-ui, sans-serif; fill: #24292f; }
    .title { font-weight: 600; font-size: 15px; }
    .small { font-size: 11px; fill: #57606a; }
    .grid { stroke: #d0d7de; stroke-width: 1; }
    .line { fill: none; stroke-width: 2; }
    .qb { stroke-width: 3.5; font-weight: 600; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; } .small { fill: #9198a1; } .grid { stroke: #3d444d; }
    }
  </style>"""
# Legible on white and on black alike.
QB = "#d9480f"
COLOURS = ("#1c7ed6", "#2b9348", "#9c5fd6", "#b08900", "#0b8f9c", "#c2407e", "#7a7f87", "#6b8e23", "#8a5a44", "#5f7adb")


def colours(names: Sequence[str]) -> Mapping[str, str]:
    """The same for the same name in one report; qb has its own."""
    others = [name for name in names if not name.startswith("qb")]
    found = {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(others)}
    return {name: found.get(name, QB) for name in names}


def document(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    body = "\n  ".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title)}">{STYLE}\n  {body}\n</svg>\n'
    )


def text(x: float, y: float, said: str, *, kind: str = "", anchor: str = "start", colour: str = "") -> str:
    style = f' style="fill: {colour}"' if colour else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}"{style}>{escape(said)}</text>'


def curves(title: str, across: str, up: str, series: Mapping[str, Points], palette: Mapping[str, str]) -> str:
    """Lines over a size, both on a logarithmic scale: what costs the same for each is level."""
    width, height, left, top, right, bottom = 860, 420, 70, 50, 190, 50
    sizes = [size for points in series.values() for size, _ in points]
    values = [value for points in series.values() for _, value in points]
    # A size of nothing has a place, too.
    low, high = log10(max(min(sizes), 0.5)), log10(max(*sizes, 1))
    under, over = log_bounds(values)

    def x(size: float) -> float:
        return left + (log10(max(size, 0.5)) - low) / max(high - low, 1e-9) * (width - left - right)

    def y(value: float) -> float:
        return height - bottom - (log10(value) - under) / max(over - under, 1e-9) * (height - top - bottom)

    parts = [text(left, 24, title, kind="title"), text(left, 42, up, kind="small")]
    for value in ticks(under, over):
        parts += [
            f'<line class="grid" x1="{left}" x2="{width - right}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>',
            text(left - 8, y(value) + 4, f"{value:g}", kind="small", anchor="end"),
        ]
    parts += [text(x(size), height - bottom + 18, f"{size:,.0f}", kind="small", anchor="middle") for size in {*sizes}]
    parts.append(text((left + width - right) / 2, height - 10, across, kind="small", anchor="middle"))
    ends = {name: y(points[-1][1]) for name, points in series.items()}
    places = apart(ends, 15)
    for name, points in series.items():
        path = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in points)
        kind = "line qb" if name.startswith("qb") else "line"
        dashes = ' stroke-dasharray="6 4"' if name.startswith("qb (") else ""
        parts += [
            f'<polyline class="{kind}" stroke="{palette[name]}"{dashes} points="{path}"/>',
            text(
                width - right + 8, places[name] + 4, name, kind=kind.removeprefix("line").strip(), colour=palette[name]
            ),
        ]
    return document(width, height, title, parts)


def bars(
    title: str, under: str, groups: Mapping[str, Mapping[str, float]], palette: Mapping[str, str], unit: str
) -> str:
    """A group for each piece of work, each on a scale of its own: shorter is faster."""
    width, left, bar = 860, 190, 18
    parts = [text(12, 24, title, kind="title"), text(12, 42, under, kind="small")]
    y = 66.0
    for group, values in groups.items():
        parts.append(text(12, y + 12, group, kind="title"))
        y += 20
        most = max(values.values())
        for name, value in sorted(values.items(), key=lambda each: each[1]):
            long = value / most * (width - left - 110)
            kind = "qb" if name.startswith("qb") else ""
            shape = f'x="{left}" y="{y + 2:.1f}" width="{long:.1f}" height="{bar - 5}" rx="2"'
            parts += [
                text(left - 8, y + 13, name, kind=kind, anchor="end"),
                f'<rect {shape} fill="{palette[name]}"/>',
                text(left + long + 6, y + 13, f"{figure(value)} {unit}", kind=kind or "small"),
            ]
            y += bar
        y += 14
    return document(width, ceil(y), title, parts)


def figure(value: float) -> str:
    """With three digits that say something."""
    return f"{value:,.{max(0, 2 - floor(log10(value)))}f}" if value > 0 else "0"


def log_bounds(values: Sequence[float]) -> tuple[float, float]:
    return log10(min(values)) - 0.08, log10(max(values)) + 0.08


def ticks(under: float, over: float) -> Iterator[float]:
    """1, 2 and 5 of each power of ten where there is room, and the powers alone where not."""
    steps = (1, 2, 5) if over - under < 3 else (1,)
    for power in range(floor(under), ceil(over) + 1):
        for step in steps:
            if under <= log10(step * 10.0**power) <= over:
                yield step * 10.0**power


def apart(places: Mapping[str, float], least: float) -> Mapping[str, float]:
    """Labels moved down until none covers another."""
    found: dict[str, float] = {}
    last = float("-inf")
    for name, place in sorted(places.items(), key=lambda each: each[1]):
        last = max(place, last + least)
        found[name] = last
    return found
