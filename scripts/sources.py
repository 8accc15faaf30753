#!/usr/bin/env python3
"""Checks the text of the files: `core` reaches for nothing outside itself, and no file names a machine or a registry.

usage: sources.py FILE...    prints what is wrong and exits 1

Python standard library only.
"""

import re
import sys
from pathlib import Path

# Hash maps are refused with them: their order differs from run to run.
OUTSIDE = re.compile(r"\bstd::(\{[^}]*\b)?(fs|net|time|env|process|thread|io)\b|\b(SystemTime|Instant|HashMap|HashSet)\b")
MACHINE = re.compile(r"(?<![\w.:/-])/(work|root|home|Users)/")
REGISTRY = re.compile(r"crates\.io|npmjs\.(org|com)|pypi\.org|pythonhosted\.org|proxy\.golang\.org|static\.rust-lang\.org")
# A lock file names the public index by its format, whatever registry was used.
NAMES_THE_INDEX = {"Cargo.lock"}


def production(text):
    """The lines of a Rust file before its tests, numbered: `#[cfg(test)]` covers one declaration or the file's rest."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        if lines[at].strip() == "#[cfg(test)]":
            at += 1
            while lines[at].lstrip().startswith("#["):
                at += 1
            if not lines[at].rstrip().endswith(";"):
                return
        elif not lines[at].lstrip().startswith("//"):
            yield at + 1, lines[at]
        at += 1


def impurities(path, text):
    parts = Path(path).parts
    if parts[:3] != ("packages", "core", "src") or not path.endswith(".rs") or "tests" in {*parts, Path(path).stem}:
        return
    for number, line in production(text):
        if found := OUTSIDE.search(line):
            yield f"{path}:{number}: core may not use {found[0]}"


def names(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if found := MACHINE.search(line):
            yield f"{path}:{number}: a path of one machine: {found[0]}"
        if path not in NAMES_THE_INDEX and (found := REGISTRY.search(line)):
            yield f"{path}:{number}: a registry's host: {found[0]}"


def main(paths):
    wrong = []
    for path in paths:
        try:
            text = Path(path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        wrong += [*impurities(path, text), *names(path, text)]
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
