#!/usr/bin/env python3
"""Holds packages/core/SPEC.md and README.md against the code.

- Its tables of errors, events and words are those of the code.
- Every clause that an error cites is a clause of it.
- Every worked example names its tests, and every test or file named after *Tests:* is there.
- Every path that README.md names is there.

usage: spec.py            prints what is wrong and exits 1
       spec.py --write    writes the tables anew

Python standard library only.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "packages/core/SPEC.md"
README = ROOT / "README.md"

ERROR = re.compile(r'#\[error\(\s*"([a-z0-9_]+): ((?:[^"\\]|\\.)*)"', re.S)
CITED_ALONE = re.compile(r'\bclause: "([0-9.]+)"')
EVENT = re.compile(r'((?:^ *///[^\n]*\n)+) *\w+ = "(tf_\w+)" \{\n(.*?)^    \}', re.M | re.S)
FIELD = re.compile(r"((?:^ *///.*\n)+) *(\w+): [^\n]+,$", re.M)
CODES = re.compile(r"^impl (\w+) \{(.*?)^\}", re.M | re.S)
CODE = re.compile(r'Self::\w+ => "([a-z_]+)"')
# The enums whose words stand in events.
WORDS = {
    "PostingKind": "packages/core/src/pots.rs",
    "RemovalReason": "packages/core/src/book.rs",
    "CancelReason": "packages/core/src/matching.rs",
}
EXAMPLES = [f"E{number}" for number in range(1, 8)]
# To the end of the paragraph, or of this part of it.
TESTS = re.compile(r"\*Tests:\*(.*?)(?=\n\n|\Z|\*(?:Later|Reading):\*)", re.S)


def sources(*folders):
    for folder in folders:
        yield from sorted(path for path in (ROOT / folder).rglob("*.rs") if "target" not in path.parts)


def prose(comment):
    """The text of a doc comment, on one line."""
    return " ".join(line.strip().removeprefix("///").strip() for line in comment.strip().splitlines())


def cell(text):
    return text.replace("|", "\\|")


def errors():
    """(code, text, clauses) → the rooms that raise it. The text of an error ends with its clause in brackets."""
    found = {}
    for path in sources("contracts", "packages/core/src", "packages/api/src"):
        room = path.relative_to(ROOT).parts[1]
        for code, text in ERROR.findall(path.read_text(encoding="utf-8")):
            # A backslash before a line's end joins the lines; named arguments shorten {price} to its name.
            text = re.sub(r"\\\n\s*", "", text)
            text, _, clause = text.rpartition(" (") if text.endswith(")") else (text, "", "-")
            text = re.sub(r"\{(\w*)(:\?)?\}", lambda match: f"{{{match[1]}}}" if match[1] else "…", text)
            found.setdefault((code, re.sub(r"\{\d\}", "…", text), clause.removesuffix(")")), set()).add(room)
    return found


def error_table(found):
    yield "| code | from | clause | words |"
    yield "|---|---|---|---|"
    for (code, text, clause), rooms in sorted(found.items()):
        # A clause that the error carries as a field.
        clause = "its own" if clause.startswith("{") else clause
        yield f"| `{code}` | {', '.join(sorted(rooms))} | {clause} | {cell(text)} |"


def event_table():
    yield "| event | from | fields after `v`, `seq` | says |"
    yield "|---|---|---|---|"
    for path in sources("packages/api/src"):
        room = path.relative_to(ROOT / "packages/api/src").parts[0].removesuffix(".rs")
        room = "each" if room == "migration" else room
        for says, name, body in EVENT.findall(path.read_text(encoding="utf-8")):
            fields = [f"`{field}`: {prose(doc).rstrip('.')}" for doc, field in FIELD.findall(body)]
            yield f"| `{name}` | {room} | {cell('; '.join(fields))} | {cell(prose(says))} |"


def word_table():
    yield "| enum | words |"
    yield "|---|---|"
    for name, path in WORDS.items():
        text = (ROOT / path).read_text(encoding="utf-8")
        words = [word for impl, body in CODES.findall(text) if impl == name for word in CODE.findall(body)]
        yield f"| {name} | {', '.join(f'`{word}`' for word in words)} |"


def written(text, tables):
    """The text with each table between its marks."""
    for name, lines in tables.items():
        marks = f"<!-- {name}: written by scripts/spec.py -->", f"<!-- end of {name} -->"
        before, begins, rest = text.partition(marks[0])
        _, ends, after = rest.partition(marks[1])
        if not begins or not ends:
            sys.exit(f"{SPEC.name} has no place for the table of {name}")
        text = f"{before}{begins}\n\n" + "\n".join(lines) + f"\n\n{ends}{after}"
    return text


def clauses(text):
    return {*re.findall(r"^## (\d+)\. ", text, re.M), *re.findall(r"^\*\*(\d+\.\d+)\*\*(?=\s)", text, re.M)}


def cited(found):
    for code, _, clause in found:
        # One without a clause is the chain's; one with a field for it is among those that follow.
        if clause != "-" and not clause.startswith("{"):
            yield code, clause
    for path in sources("contracts"):
        for clause in CITED_ALONE.findall(path.read_text(encoding="utf-8")):
            yield path.name, clause


def missing_clauses(text, found):
    known = clauses(text)
    for who, clause in sorted(set(cited(found))):
        if clause not in known:
            yield f"{who} cites clause {clause}, which {SPEC.name} has not"


def missing_tests(text):
    functions = set()
    for path in sources("contracts", "packages", "tests"):
        functions.update(re.findall(r"\bfn (\w+)\(", path.read_text(encoding="utf-8")))
    for named in TESTS.findall(text):
        for name in re.findall(r"`([^`]+)`", named):
            if not ((ROOT / name).exists() if "/" in name else name in functions):
                yield f"{SPEC.name} names the test {name}, which is not there"


def examples_without_tests(text):
    parts = re.split(r"^\*\*(E\d+)\*\* ", text, flags=re.M)
    told = dict(zip(parts[1::2], parts[2::2]))
    for example in sorted({*EXAMPLES, *told}):
        if not any("`" in named for named in TESTS.findall(told.get(example, "").partition("\n#")[0])):
            yield f"the worked example {example} of {SPEC.name} names no test"


def missing_paths():
    text = README.read_text(encoding="utf-8")
    # Links that stay here, and names of files in back ticks; `*` stands for any.
    linked = [path for path in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in path]
    named = re.findall(r"`((?:contracts|packages|schema|scripts|tests)/[\w./*-]*)", text)
    for path in sorted({*linked, *named}):
        if not any(ROOT.glob(path.rstrip("/"))):
            yield f"{README.name} names {path}, which is not there"


def main(arguments):
    text, found = SPEC.read_text(encoding="utf-8"), errors()
    fresh = written(text, {"errors": error_table(found), "events": event_table(), "words": word_table()})
    if arguments == ["--write"]:
        SPEC.write_text(fresh, encoding="utf-8")
        text = fresh
    elif arguments:
        sys.exit(__doc__)
    wrong = [*missing_clauses(text, found), *missing_tests(text), *examples_without_tests(text), *missing_paths()]
    if text != fresh:
        wrong.append(f"the tables of {SPEC.name} are not those of the code: scripts/spec.py --write, and read what changed")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
