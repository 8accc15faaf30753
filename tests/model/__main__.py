#!/usr/bin/env python3
"""A second program for the whole market, written from the specification's text: it foretells every answer, event and
number of random stories, and `tokfut replay` must say the same after each message.

usage: tests/model [--tokfut FILE] [--seeds FIRST LAST] [--crises FIRST LAST] [--show seeds|crises NUMBER] [STORY...]

Plays the random stories of these seeds, and of these numbers those of liquidations; --show makes one that differs as short
as it can be made, and prints it as a file for `tokfut replay`. STORY is such a file. Exits 1 if anything differs, or if
something that stories are about never happened. Python standard library only."""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

import crises
import differ
import stories

HERE = Path(__file__).resolve().parent
TELLERS = {"seeds": stories.story, "crises": crises.story}
# Of each of these random stories must hold some, or they prove less than they say.
MUST_HAPPEN = """
place_order accepted, place_order refused, cancel_order accepted, cancel_all accepted, reap accepted, withdraw accepted,
withdraw refused, deposit accepted, push_marks accepted, strike accepted, strike refused, finalise accepted,
finalise refused, list_series accepted, set_status accepted, touch accepted, liquidate accepted, liquidate refused,
simulate_order answered, tf_fill, tf_order_rested, tf_remainder_cancelled, tf_fixed, tf_voided, tf_liquidated,
removed cancelled, removed self_trade, removed outside_limits, removed void, removed expired, method 1, method 2,
method 5, method 6, method 21, method 23, tf_house_took, tf_deficit, code insufficient_margin, code insufficient_free,
code index_stale, code strike_due, code unfilled, code post_only_would_trade, code duplicate_client_id,
code nothing_to_reduce, code outside_limits, code not_permitted
"""


def played(args, counts):
    """What differs, story by story."""
    for kind, tell in TELLERS.items():
        for number in range(*getattr(args, kind)):
            steps = tell(number)
            counts["stories"] += 1
            counts["messages"] += sum("exec" in step or "fix" in step for step in steps)
            yield f"{kind} {number}", differ.compare(args.tokfut, steps, counts)
    for file in args.story:
        steps = [json.loads(line) for line in Path(file).read_text().splitlines() if line.startswith("{")]
        counts["stories"] += 1
        yield file, differ.compare(args.tokfut, steps, counts)


def show(args):
    kind, number = args.show
    steps = TELLERS[kind](int(number))
    if not differ.compare(args.tokfut, steps):
        print(f"{kind} {number} does not differ", file=sys.stderr)
        return
    steps = differ.minimise(args.tokfut, steps)
    for step in steps:
        print(json.dumps(step, separators=(",", ":")))
    print("\n".join("# " + line for line in differ.compare(args.tokfut, steps)[1].splitlines()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokfut", default=str(HERE.parents[1] / "target/release/tokfut"))
    parser.add_argument("--seeds", nargs=2, type=int, default=(0, 0), metavar=("FIRST", "LAST"))
    parser.add_argument("--crises", nargs=2, type=int, default=(0, 0), metavar=("FIRST", "LAST"))
    parser.add_argument("--show", nargs=2, metavar=("KIND", "NUMBER"))
    parser.add_argument("story", nargs="*", metavar="STORY")
    args = parser.parse_args()
    if args.show is not None:
        return show(args)
    counts, differing, began = Counter(), 0, time.monotonic()
    for name, found in played(args, counts):
        if found:
            differing += 1
            print(f"{name}, step {found[0]}: {found[1]}", file=sys.stderr)
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    wanted = MUST_HAPPEN * (args.seeds[1] > 0) + "," + crises.MUST_HAPPEN * (args.crises[1] > 0)
    missing = [kind for kind in map(str.strip, wanted.split(",")) if kind and not counts[kind]]
    if missing:
        print("never happened: " + ", ".join(missing), file=sys.stderr)
    took = time.monotonic() - began
    print(f"{counts['stories']} stories, {counts['messages']} messages, {differing} differ, {took:.0f} s")
    return 1 if differing or missing else 0


if __name__ == "__main__":
    sys.exit(main())
