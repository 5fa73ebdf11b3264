"""The record of a run: machine, versions, flags, rows, tables and plots."""

import datetime
import json
import os
import platform
import re
import subprocess
from pathlib import Path

import plots
from contenders import BENCHES, ROOT, versions

RECORDS = BENCHES / "record"


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return None


def machine():
    about = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"^model name\s*:\s*(.+)$", about, re.M)
    flags = re.search(r"^flags\s*:\s*(.+)$", about, re.M)
    interesting = ["pclmulqdq", "vpclmulqdq", "sha_ni", "avx2", "avx512f"]
    return {
        "processor": model[1] if model else platform.processor() or platform.machine(),
        "processors": os.cpu_count(),
        "instructions": [name for name in interesting if flags and name in flags[1].split()],
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def slug(text):
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def time(ns):
    """A time with its unit, three digits."""
    for unit, size in (("ns", 1), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)):
        if ns < 1000 * size or unit == "s":
            value = ns / size
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}" if value >= 10 else f"{value:.2f} {unit}"


def ratio(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def row_of(row, cell, floor):
    found = {
        "group": row.group, "row": row.label, "input": row.input, "unit": row.unit, "contender": cell.name, "program": cell.contender.key, "task": cell.task,
        "median_ns": round(cell.median(), 3), "spread_ns": [round(value, 3) for value in cell.spread()],
        "rounds_ns": [round(value, 3) for value in cell.samples.values()],
        "unchecked": cell.about.get("unchecked"), "verified": cell.about.get("verified", "equal to the others"),
    }
    if floor:
        middle, spread = cell.ratio(floor)
        found["times_floor"], found["times_floor_spread"] = round(middle, 3), [round(value, 3) for value in spread]
    return found


def rows(measured):
    for row, found in measured:
        floor = next((cell for cell in found if cell.is_floor), None)
        for cell in sorted(found, key=lambda cell: (not cell.is_floor, cell.median())):
            yield row_of(row, cell, floor)


def table(group, found):
    """Display-ready cells: a test compares README's with these."""
    units = {row["unit"] for row in found}
    has_floor = any("times_floor" in row for row in found)
    columns = ["input", "implementation", "time" if len(units) > 1 else f"time a {units.pop()}"] + (["× floor", "spread"] if has_floor else ["spread"])
    lines = []
    for row in found:
        name = row["contender"] if row["contender"] == "floor" else f"`{row['contender']}`"
        low, high = row.get("times_floor_spread", row["spread_ns"])
        spread = f"{ratio(low)}–{ratio(high)}" if "times_floor" in row else f"{time(low)}–{time(high)}"
        if row["contender"] == "floor":
            spread = f"{time(row['spread_ns'][0])}–{time(row['spread_ns'][1])}"
        lines.append([row["row"], name, time(row["median_ns"])] + ([ratio(row["times_floor"]) if "times_floor" in row else ""] if has_floor else []) + [spread])
    return {"columns": columns, "rows": lines}


def programs_table(programs):
    longest = max((int(length) for program in programs.values() for length in program["cpu"]), default=0)
    floor = next(program for program in programs.values() if program["name"] == "HTTP floor")
    columns = ["client", f"CPU s of {longest:,} events", "× HTTP floor", "events a second", "peak MB", "system calls"]
    lines = []
    for program in sorted(programs.values(), key=lambda program: program["cpu"][str(longest)]):
        cpu = program["cpu"][str(longest)]
        lines.append([
            program["name"], f"{cpu:.3f}", ratio(cpu / floor["cpu"][str(longest)]), f"{longest / program['seconds']:,.0f}",
            f"{program['memory_kb'][str(longest)] / 1024:.1f}", f"{program['syscalls']:,}" if program.get("syscalls") else "not counted",
        ])
    return {"columns": columns, "rows": lines}


def first_table(programs):
    """The time to the first event. A ratio is that of two columns of the row."""
    columns = ["client", "over", "new connection", "after connect()", "kept connection", "after connect() ÷ kept", "in a warm process"]
    lines = []
    for over, name in (("plain", "HTTP"), ("tls", "TLS")):
        found = [(program["name"], program["first_event_ms"][over]) for program in programs.values() if over in program["first_event_ms"]]
        for client, times in sorted(found, key=lambda pair: pair[1]["new"]):
            ahead, later = times.get("connected"), times.get("connected_again")
            lines.append([
                client, name, f"{times['new']:.2f} ms", f"{ahead:.2f} ms" if ahead else "", f"{times['kept']:.2f} ms",
                ratio(ahead / times["kept"]) if ahead else "", ratio(later / times["kept"]) if later else "",
            ])
    return {"columns": columns, "rows": lines}


def streams_table(programs):
    floor = next(program for program in programs.values() if program["name"] == "HTTP floor")["streams"]["cpu"]
    lines = []
    for program in sorted(programs.values(), key=lambda program: program["streams"]["cpu"]):
        streams = program["streams"]
        memory, slowest = f"{streams['memory_kb'] / 1024:.1f}", f"{streams['slowest']:.2f}"
        lines.append([program["name"], f"{streams['cpu']:.3f}", ratio(streams["cpu"] / floor), memory, slowest])
    return {"columns": ["client", "CPU s", "× HTTP floor", "peak MB", "slowest stream, s"], "rows": lines}


def write(measured, programs, contenders, options, load):
    """Writes the record and its plots; returns the file and the record. `load` is the load average at the end of the rounds."""
    host = machine()
    date = datetime.datetime.now(datetime.timezone.utc)
    folder = RECORDS / slug(host["processor"])
    folder.mkdir(parents=True, exist_ok=True)
    found = list(rows(measured))
    tables = {}
    for group in dict.fromkeys(row["group"] for row in found):
        tables[group] = table(group, [row for row in found if row["group"] == group])
    if programs:
        tables["programs"] = programs_table(programs)
        tables["first"] = first_table(programs)
        tables["streams"] = streams_table(programs)
    sizes = BENCHES / "size" / "results.json"
    instructions = RECORDS / "instructions.json"
    record = {
        "date": date.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": first_line("git", "-C", str(ROOT), "rev-parse", "HEAD"),
        "command": options,
        "machine": {**host, "load_average": [round(value, 2) for value in load]},
        "versions": {
            "rustc": first_line("rustc", "--version"),
            "contenders": {contender.key: versions(contender) for contender in contenders},
        },
        "flags": {"profile": "release: opt-level 3, fat LTO, 1 codegen unit", "RUSTFLAGS": os.environ.get("RUSTFLAGS", "")},
        "method": "interleaved rounds, each contender pinned to one processor; median of the rounds; ratios of the same round",
        "rows": found,
        "programs": programs,
        "instructions": json.loads(instructions.read_text()) if instructions.exists() else None,
        "sizes": json.loads(sizes.read_text()) if sizes.exists() else None,
        "tables": tables,
    }
    name = date.strftime("%Y-%m-%d")
    record["plots"] = plots.write(folder, name, found, programs)
    file = folder / f"{name}.json"
    file.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    return file, record


def markdown(table):
    lines = ["| " + " | ".join(table["columns"]) + " |", "|" + "---|" * len(table["columns"])]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in table["rows"]])


def into_readme(file, record):
    """Replaces what stands between the markers of README.md with the record's tables and plots."""
    readme = ROOT / "README.md"
    text = readme.read_text()
    where = file.relative_to(ROOT)
    blocks = {name: markdown(table) for name, table in record["tables"].items()}
    blocks["record"] = f"Record: [`{where}`]({where}), {record['machine']['processor']}, {record['machine']['processors']} processors, {record['versions']['rustc']}, load average {record['machine']['load_average'][0]} at the end of the rounds."
    if record["machine"]["load_average"][0] > 1.5 * record["machine"]["processors"]:
        blocks["record"] += " **Other programs ran at the same time: these times and ratios are not to be relied on; run it on a machine of yours.**"
    blocks["plots"] = "\n".join(f"![{title}]({(file.parent / name).relative_to(ROOT)})" for name, title in record["plots"].items())
    for name, block in blocks.items():
        pattern = re.compile(rf"(<!-- bench: {re.escape(name)} -->\n).*?(<!-- end -->)", re.S)
        text = pattern.sub(lambda match: f"{match[1]}{block}\n{match[2]}", text)
    readme.write_text(text)
