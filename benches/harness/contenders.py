"""Contenders: programs that are built, asked for their versions, and run by one small protocol (BYOB.md)."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

BENCHES = Path(__file__).resolve().parent.parent
ROOT = BENCHES.parent
TARGET = BENCHES / "target"
INPUTS = TARGET / "inputs"


@dataclass
class Contender:
    folder: Path
    description: dict
    missing: list = field(default_factory=list)

    @property
    def key(self):
        return self.folder.name

    @property
    def language(self):
        return self.description["language"]

    @property
    def tasks(self):
        return self.description["tasks"]

    def fill(self, text):
        return text.replace("{target}", str(TARGET)).replace("{here}", str(self.folder))

    def environment(self):
        own = {name: self.fill(value) for name, value in self.description.get("environment", {}).items()}
        return {**os.environ, "CARGO_TARGET_DIR": str(TARGET), "CARGO_TERM_COLOR": "never", "AWS_EC2_METADATA_DISABLED": "true", **own}

    def command(self, *arguments):
        return [self.fill(part) for part in self.description["run"]] + [str(argument) for argument in arguments]

    def build_folder(self):
        return (self.folder / self.description.get("folder", ".")).resolve()


def load():
    """All contenders of the folder, ours first."""
    found = [Contender(file.parent, json.loads(file.read_text())) for file in sorted((BENCHES / "contenders").glob("*/contender.json"))]
    return sorted(found, key=lambda contender: contender.key != "barerock")


def must(command, **options):
    """Runs a command; ends with its output if it fails."""
    run = subprocess.run(command, text=True, capture_output=True, **options)
    if run.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{run.stdout}{run.stderr}")
    return run.stdout


def is_there(need):
    return Path(need).exists() if need.startswith("/") else shutil.which(need) is not None


def build(contenders, without):
    """Builds the contenders whose tools are there; each build folder once. Returns those that were built."""
    built, ready = set(), []
    for contender in contenders:
        if contender.key in without or contender.language in without:
            continue
        contender.missing = [need for need in contender.description.get("needs", []) if not is_there(need)]
        if contender.missing:
            print(f"left out: {contender.key}, without {', '.join(contender.missing)}", file=sys.stderr)
            continue
        folder = contender.build_folder()
        if folder not in built:
            print(f"building {contender.key} …", file=sys.stderr)
            build_one(contender, folder)
            built.add(folder)
        ready.append(contender)
    return ready


def build_one(contender, folder):
    environment = contender.environment()
    if "cargo" in contender.description:
        must(["cargo", *contender.description["cargo"]], cwd=folder, env=environment)
    if "build" in contender.description:
        must([contender.fill(part) for part in contender.description["build"]], cwd=folder, env=environment)
    if "npm" in contender.description:
        # Outside the sources: node_modules has symbolic links.
        modules = TARGET / "node"
        modules.mkdir(parents=True, exist_ok=True)
        for name in contender.description["npm"]:
            shutil.copy(contender.folder / name, modules / name)
        must(["npm", "ci", "--no-audit", "--no-fund"], cwd=modules, env=environment)


def versions(contender):
    """The version of each implementation, as its build has it."""
    wanted = contender.description["versions"]
    if "command" in wanted:
        return must(wanted["command"], env=contender.environment()).strip()
    folder = contender.build_folder()
    lock = folder / "Cargo.lock"
    text = (lock if lock.exists() else ROOT / "Cargo.lock").read_text()
    found = []
    for block in text.split("[[package]]"):
        lines = dict(line.split(" = ", 1) for line in block.strip().splitlines() if " = " in line)
        name = lines.get("name", "").strip('"')
        if name in wanted["cargo"]:
            found.append(f"{name} {lines['version'].strip(chr(34))}")
    return ", ".join(sorted(found))
