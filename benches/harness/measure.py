"""Verifies contenders against each other, then measures them in interleaved rounds."""

import json
import os
import random
import statistics
import subprocess
import sys

from contenders import INPUTS

# Seconds that one sample lasts, and the number of samples of each cell.
SAMPLE = 0.12
ROUNDS = 9
# A contender that takes longer than this for one iteration is sampled in three rounds only.
SLOW = 1.0
SLOW_ROUNDS = 3


def pinned():
    """The last processor, so that the samples do not move between processors."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    last = max(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {last})


class Cell:
    """One contender's task over one input."""

    def __init__(self, row, contender, task):
        self.row, self.contender, self.task = row, contender, task
        self.about = contender.tasks[task]
        self.samples = {}
        self.per_item = []

    @property
    def name(self):
        return self.about["name"]

    @property
    def is_floor(self):
        return self.about.get("kind") == "floor"

    def sample(self, iterations):
        command = self.contender.command(self.task, INPUTS / self.row.input, iterations)
        run = subprocess.run(command, text=True, capture_output=True, env=self.contender.environment(), preexec_fn=pinned())
        if run.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{run.stderr}")
        return json.loads(run.stdout)

    def calibrate(self, sample):
        """Checks the items, and finds how many iterations last as long as a sample."""
        self.first = self.sample(1)
        once = max(self.first["nanoseconds"] / 1e9, 1e-7)
        if once < sample / 8:
            trial = self.sample(max(2, int(sample / 8 / once)))
            once = max(trial["nanoseconds"] / 1e9 / trial["iterations"], 1e-8)
        self.once = once
        self.iterations = max(1, round(sample / once))

    def measure(self, number):
        if self.once > SLOW and number >= SLOW_ROUNDS:
            return
        found = self.sample(self.iterations)
        items = found["count"] if self.row.unit in ("frame", "event") else 1
        self.samples[number] = found["nanoseconds"] / found["iterations"] / max(items, 1)

    def median(self):
        return statistics.median(self.samples.values())

    def spread(self):
        return [min(self.samples.values()), max(self.samples.values())]

    def ratio(self, other):
        """The median of the rounds' own ratios, and their spread: what disturbs a round disturbs both."""
        ratios = [value / other.samples[number] for number, value in self.samples.items() if number in other.samples]
        return statistics.median(ratios), [min(ratios), max(ratios)]


def cells(row, contenders):
    wanted = [task for task in [row.floor, *row.tasks] if task]
    return [
        Cell(row, contender, task)
        for task in wanted
        for contender in contenders
        if task in contender.tasks and contender.key not in row.without
    ]


def verify(row, found):
    """All contenders of a row must have the same items. The lower bound has the frames' payloads, and none of events or
    signatures."""
    has_payloads = row.group in ("frames", "frame-size")
    compared = [cell for cell in found if "verified" not in cell.about and (has_payloads or not cell.is_floor)]
    sums = {cell.first["checksum"] for cell in compared}
    if len(sums) > 1:
        each = "\n".join(f"  {cell.contender.key} {cell.task}: {cell.first}" for cell in compared)
        sys.exit(f"{row.group}, {row.label}: the contenders' results differ, so nothing is measured:\n{each}")


def run(plan, contenders, quick):
    """Measures every row; returns (row, cells)."""
    sample, rounds = (0.02, 3) if quick else (SAMPLE, ROUNDS)
    measured = []
    for row in plan:
        found = cells(row, contenders)
        for cell in found:
            cell.calibrate(sample if row.group != "frame-size" else sample / 2)
        verify(row, found)
        measured.append((row, found))
        print(f"verified: {row.group}, {row.label}: {', '.join(dict.fromkeys(cell.name for cell in found))}", file=sys.stderr)
    order = random.Random(1)
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for row, found in measured:
            for cell in order.sample(found, len(found)):
                cell.measure(number)
    return measured
