"""SVG plots without a library."""

import math
from xml.sax.saxutils import escape

COLOURS = ["#1b6ca8", "#d1495b", "#2e8540", "#8a5aa8", "#c77700", "#3b3b3b", "#00838f", "#8d6e63"]
WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 74, 230, 44, 54


def short(value):
    if value >= 1024 and value % 1024 == 0:
        return f"{value / 1024:g} Ki" if value < 1024 * 1024 else f"{value / 1024 / 1024:g} Mi"
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:g} {unit}"
    return f"{value:g}"


def page(title, body):
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">'
        f'<title>{escape(title)}</title><rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
        f'<text x="{LEFT}" y="24" font-size="15" fill="#222222">{escape(title)}</text>{body}</svg>\n'
    )


def decades(low, high):
    return [10.0**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def lines(title, x_title, y_title, series):
    """A plot of {name: [(x, y)]}, both axes logarithmic."""
    points = [point for line in series.values() for point in line]
    xs, ys = [x for x, _ in points], decades(min(y for _, y in points), max(y for _, y in points))
    low_x, high_x, low_y, high_y = math.log10(min(xs)), math.log10(max(xs)), math.log10(ys[0]), math.log10(ys[-1])
    at_x = lambda x: LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(x) - low_x) / ((high_x - low_x) or 1)
    at_y = lambda y: HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (math.log10(y) - low_y) / ((high_y - low_y) or 1)
    body = []
    for y in ys:
        body.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at_y(y):.1f}" y2="{at_y(y):.1f}" stroke="#dddddd"/>')
        body.append(f'<text x="{LEFT - 6}" y="{at_y(y) + 4:.1f}" text-anchor="end" fill="#444444">{short(y)}</text>')
    for x in sorted(set(xs)):
        body.append(f'<text x="{at_x(x):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#444444">{short(x)}</text>')
    body.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle" fill="#222222">{escape(x_title)}</text>')
    body.append(f'<text transform="translate(16 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle" fill="#222222">{escape(y_title)}</text>')
    for number, (name, line) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in sorted(line))
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        body += [f'<circle cx="{at_x(x):.1f}" cy="{at_y(y):.1f}" r="2.5" fill="{colour}"/>' for x, y in line]
        body.append(f'<rect x="{WIDTH - RIGHT + 12}" y="{TOP + 20 * number}" width="10" height="10" fill="{colour}"/>')
        body.append(f'<text x="{WIDTH - RIGHT + 28}" y="{TOP + 20 * number + 9}" fill="#222222">{escape(name)}</text>')
    return page(title, "".join(body))


def bars(title, values):
    """A plot of {name: value}, one bar each, from the largest."""
    left, top, step = 200, 54, 34
    largest = max(values.values())
    body = []
    for number, (name, value) in enumerate(sorted(values.items(), key=lambda entry: -entry[1])):
        length = (WIDTH - left - 120) * value / largest
        y = top + step * number
        body.append(f'<text x="{left - 8}" y="{y + 16}" text-anchor="end" fill="#222222">{escape(name)}</text>')
        body.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="22" fill="{COLOURS[0]}"/>')
        body.append(f'<text x="{left + length + 6:.1f}" y="{y + 16}" fill="#222222">{value:,.0f}</text>')
    return page(title, "".join(body))


def series(rows, group, x_of, y_of, wanted=lambda row: True):
    found = {}
    for row in rows:
        if row["group"] == group and wanted(row):
            found.setdefault(row["contender"], []).append((x_of(row), y_of(row)))
    return found


def write(folder, name, rows, programs):
    """Writes the plots whose rows there are; returns {file: title}."""
    drawn = {}

    def draw(what, title, svg):
        file = f"{name}-{what}.svg"
        (folder / file).write_text(svg)
        drawn[file] = title

    sizes = series(rows, "frame-size", lambda row: int(row["row"]), lambda row: int(row["row"]) / row["median_ns"] * 1e3)
    if sizes:
        title = "Decoding frames: throughput by frame size"
        draw("frame-size", title, lines(title, "bytes a frame", "MB a second", sizes))
    signing = series(rows, "sign", lambda row: int(row["row"].split()[0]), lambda row: row["median_ns"] / 1e3, lambda row: row["row"].endswith(" B"))
    if signing:
        title = "Signing a request: time by body size"
        draw("sign", title, lines(title, "bytes of body", "µs", signing))
    if programs:
        longest = str(max(int(length) for program in programs.values() for length in program["cpu"]))
        title = f"A stream of {int(longest):,} events over HTTP: events a CPU second by client"
        rates = {program["name"]: int(longest) / program["cpu"][longest] for program in programs.values() if program["name"] != "HTTP floor"}
        draw("events", title, bars(title, rates))
        memory = {program["name"]: [(int(length), kib / 1024) for length, kib in program["memory_kb"].items()] for program in programs.values()}
        title = "Peak memory of the process by stream length"
        draw("memory", title, lines(title, "events", "MB", memory))
    return drawn
