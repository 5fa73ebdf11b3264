"""What is linked: the symbol table of a program, and what must not be in it."""

import collections
import re
import subprocess
import tempfile
from pathlib import Path

# What nobody named in the size programs, by the symbols and the words only it has, and why it must not be there. Where the
# linker kept a function, it has a symbol; where it was made part of another, its words are left. Each is found in a program
# that has it, so that a name that changed does not go unnoticed: see `unproven`.
UNNAMED = {
    "credentials come from the environment only": [
        r"barerock::credentials::cache\b", r"barerock_config::providers\b",
        "credential_process", "sso_start_url", "role_session_name", "AssumeRoleWithWebIdentity", r"169\.254\.169\.254",
        "AWS_CONTAINER_CREDENTIALS", "AWS_WEB_IDENTITY_TOKEN_FILE",
    ],
    "no shared file is read": [
        r"\bbarerock_config::", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
    ],
    "retries are not adaptive": [r"barerock::retry::(cubic|limiter)\b"],
    "no hint is asked for": [r"barerock::hint\b"],
    "no trace is read": [
        r"types::assessment\b", r"types::automated_reasoning\b", "topicPolicy", "guardrailProcessingLatency",
    ],
    # The error is a part of the client's, so programs without the rules drop it too.
    "no request is checked": [r"barerock_converse::validate\b(?!::ValidationError>)"],
    # The crate's own reader and writer are the codec; serde_json's would be a second one.
    "JSON has one reader and one writer": [r"serde_json::de::(MapAccess|SeqAccess)\b", r"serde_json::ser::Compound\b"],
    "the command line is another program": [r"\bclap(_\w+)?::", r"\bbarerock::(args|cmd|render)\b", r"\bbarerock_replay\b"],
}
# What the program `whole` names: a conversation checks its messages, and serde reads the input of a tool.
NAMED = {"whole": {"no request is checked", "JSON has one reader and one writer"}}
# What is in no program of ours.
NOWHERE = {"nothing needs regular expressions": [r"\bregex(_\w+)?::"]}
# What every program has, so that a table that could not be read does not pass.
EXPECTED = ["barerock_converse::", "messageStop"]

# Longer words would only be sentences.
WORD = re.compile(rb"[\x20-\x7e]{6,}")


def table(binary):
    """(bytes, kind, name) of every symbol, largest first."""
    lines = subprocess.run(["nm", "--demangle", "--print-size", "--size-sort", "--reverse-sort", binary], capture_output=True, text=True, check=True)
    fields = (line.split(None, 3) for line in lines.stdout.splitlines())
    return [(int(size, 16), kind, name) for _, size, kind, name in (each for each in fields if len(each) == 4)]


def texts(binary):
    """The names of a program's symbols, and the words in it."""
    names = "\n".join(name for _, _, name in table(binary))
    words = "\n".join(word.decode() for word in WORD.findall(without_symbols(binary)))
    for expected in EXPECTED:
        if expected not in names and expected not in words:
            raise SystemExit(f"{binary}: neither a symbol nor a word {expected!r}: the symbols cannot be read")
    return names, words


def unnamed(program, binary):
    """What is linked that the program did not name: what it is, and why it should not be."""
    names_and_words = texts(binary)
    for why, patterns in (UNNAMED | NOWHERE).items():
        if why in NAMED.get(program, ()):
            continue
        for pattern in patterns:
            for text in names_and_words:
                found = re.search(pattern, text)
                if found:
                    yield found.group(), why


def unproven(binary):
    """What of all that is not even found in a program that names everything."""
    names_and_words = texts(binary)
    for patterns in UNNAMED.values():
        yield from (pattern for pattern in patterns if not any(re.search(pattern, text) for text in names_and_words))


def without_symbols(binary):
    """The program's bytes without the symbol table, which has every name."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "stripped"
        subprocess.run(["strip", "-o", copy, binary], check=True)
        return copy.read_bytes()


# The crates a name may begin with, in the order in which they are blamed: a generic function is its user's.
CRATE = re.compile(r"(?<![:\w])([a-z_][a-z0-9_]*)::")
GENERIC = {"core", "alloc", "std", "serde_core", "serde_json", "bytes"}


def crate(name):
    mentioned = CRATE.findall(name)
    return next((each for each in mentioned if each not in GENERIC), mentioned[0] if mentioned else "C and the rest")


def show(program, binary, crates=20, functions=40):
    """Prints the largest crates and functions."""
    rows = [row for row in table(binary)]
    sums = collections.Counter()
    for size, _, name in rows:
        sums[crate(name)] += size
    print(f"## {program}: {sum(sums.values()):,} bytes in {len(rows):,} symbols\n\n| bytes | crate |\n|---|---|")
    for name, size in sums.most_common(crates):
        print(f"| {size:,} | {name} |")
    print("\n| bytes | symbol |\n|---|---|")
    for size, _, name in rows[:functions]:
        print(f"| {size:,} | `{name[:160]}` |")
