"""Plays a story on the model and by `tokfut replay`, and tells the first answer that differs."""

import json
import re
import subprocess
from collections import Counter, defaultdict

import marks
from terms import Refused
from world import World

# Fields of events that the model does not foretell.
LEFT_OUT = {"v", "seq", "inputs_root", "revision"}
ASKED_OF_ALL = [("vault", {"accounts": {"limit": 100}}), ("vault", {"balance_sheet": {}}),
                ("market", {"all_orders": {"limit": 100}})]
ASKED_OF_PRODUCT = [("vault", "settlement", "product"), ("market", "series_list", "product"), ("market", "product", "code")]


HELD = ("lots", "carried", "variation", "pending", "open_buys", "open_sells", "reducing_buys", "reducing_sells")


def state_queries(world):
    """What is asked after every message: the whole state."""
    asked = list(ASKED_OF_ALL)
    for code in world.products:
        asked += [(contract, {kind: {field: code}}) for contract, kind, field in ASKED_OF_PRODUCT]
    return [{"query": {"contract": contract, "msg": message}} for contract, message in asked]


def pot_name(pot):
    if isinstance(pot, int):
        return f"account:{pot}" if pot else "insurance"
    return pot


def plain(events):
    """Events as they are compared: in order by kind, postings as what each kind moved in each pot."""
    kinds, moved = defaultdict(list), Counter()
    for kind, fields in events:
        if kind == "tf_posting":
            amount = int(fields["amount"])
            for end, sign in (("from", -1), ("to", 1)):
                moved[fields["kind"], pot_name(fields[end])] += sign * amount
            continue
        kinds[kind].append({key: str(value) for key, value in fields.items() if key not in LEFT_OUT})
    for kind in ("tf_position", "tf_struck", "tf_order_removed"):
        kinds[kind].sort(key=str)
    # Which leg of a pair is closed first no rule says.
    for kind in ("tf_fill", "tf_marked", "tf_remainder_cancelled"):
        kinds[kind].sort(key=lambda fields: fields["series"])
    kinds = {kind: list_ for kind, list_ in kinds.items() if list_}
    kinds["postings"] = {f"{kind} {pot}": amount for (kind, pot), amount in sorted(moved.items()) if amount}
    return kinds


def drop_unknown(theirs, ours):
    """Fields that the model does not foretell are not compared; those it does must be there."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        if "positions" in ours:
            theirs = dict(theirs, positions=[one for one in theirs["positions"] if any(one[key] != "0" for key in HELD)])
        return {key: drop_unknown(value, ours[key]) for key, value in theirs.items() if key in ours}
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        return [drop_unknown(their, our) for their, our in zip(theirs, ours)]
    return theirs


def deviation(theirs, ours, path=""):
    """Where two answers differ, in words; none if they do not."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in ours:
            if key not in theirs:
                return f"{path}.{key} is missing, the model has {ours[key]}"
            found = deviation(theirs[key], ours[key], f"{path}.{key}")
            if found:
                return found
        extra = set(theirs) - set(ours) if path.startswith(".events") and path.count(".") == 1 or path == ".events.postings" else set()
        return f"{path} has {sorted(extra)} more: {[theirs[key] for key in sorted(extra)]}" if extra else None
    if isinstance(theirs, list) and isinstance(ours, list):
        for index, (their, our) in enumerate(zip(theirs, ours)):
            found = deviation(their, our, f"{path}[{index}]")
            if found:
                return found
        if len(theirs) != len(ours):
            return f"{path} has {len(theirs)}, the model {len(ours)}: {theirs[len(ours):] or ours[len(theirs):]}"
        return None
    return None if theirs == ours else f"{path} is {theirs}, the model has {ours}"


def foretell(world, step):
    if "query" in step:
        try:
            return True, world.query(step["query"]["contract"], step["query"]["msg"]), []
        except Refused as refused:
            return False, refused.codes, []
    return world.step(step)


def expand(steps):
    """Every message with the queries after it; line by line with the step it belongs to."""
    world = World(steps[0].get("world") if steps else None)
    lines = []
    for index, step in enumerate(steps):
        lines.append((index, step))
        if "exec" in step or "fix" in step or "at" in step:
            lines += [(index, query) for query in state_queries(world)]
    return lines


def play(tokfut, lines):
    """The answers of the program to these steps."""
    text = "".join(json.dumps(step, separators=(",", ":")) + "\n" for _, step in lines)
    done = subprocess.run([tokfut, "replay", "-"], input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def compare(tokfut, steps, counts=None):
    """The first difference as (index of the step, words), or none."""
    lines = expand(steps)
    world = World(steps[0].get("world") if steps else None)
    changed, asked = 0, {}
    for (index, step), theirs in zip(lines, play(tokfut, lines), strict=True):
        if "check" in step and not theirs["ok"]:
            return index, f"{json.dumps(step)}\n  {theirs['error']}"
        if not world.knows(step):
            # What the model does not follow ends the story, if it was done.
            if theirs["ok"] and "exec" in step:
                return None
            continue
        if "query" not in step:
            changed += theirs["ok"]
        else:
            # The same answer to the same question, and nothing has happened in between: it was right before.
            before, asked[str(step)] = asked.get(str(step)), (changed, theirs.get("data"))
            if theirs["ok"] and before == asked[str(step)]:
                continue
        found = one(world, step, theirs, counts)
        if found:
            return index, f"{json.dumps(step)}\n  {found}"
    return None


def one(world, step, theirs, counts):
    ok, data, events = foretell(world, step)
    if counts is not None and "simulate_order" in step.get("query", {}).get("msg", {}):
        counts["simulate_order answered" if ok else "simulate_order refused"] += 1
    if counts is not None and "query" not in step:
        count(counts, step, ok, data, events)
    if theirs["ok"] != ok:
        if ok:
            return f"refused with {theirs['error']}, the model accepts"
        return f"accepted, the model refuses with {sorted(data)}"
    if not ok:
        code, message = theirs["error"]["code"], theirs["error"]["message"]
        told = code in data or code == "chain_error" and any(f" {one}: " in message for one in data)
        return None if told else f"refused with {theirs['error']}, the model with {sorted(data)}"
    if data is not None:
        found = deviation(drop_unknown(theirs["data"], data), data, ".data")
        if found:
            return found
    if "query" in step:
        return None
    ours = plain(events)
    have = plain([(event["type"], event["attributes"]) for event in theirs["events"]])
    return deviation(have, ours, ".events")


def count(counts, step, ok, data, events):
    if "exec" in step:
        (kind,) = step["exec"]["msg"]
        counts[f"{kind} {'accepted' if ok else 'refused'}"] += 1
        if not ok:
            for code in data:
                counts[f"code {code}"] += 1
    for kind, fields in events:
        counts[kind] += 1
        if kind == "tf_posting":
            counts[f"posted {fields['kind']}"] += 1
        if kind == "tf_struck":
            counts[f"method {fields['method']}"] += 1
        if kind == "tf_order_removed":
            counts[f"removed {fields['reason']}"] += 1
        if kind == "tf_marked" and fields["margin_mark"] != fields["mark"]:
            counts["margin mark held in the band"] += 1
        elif kind == "tf_marked" and fields["index"] != "-" and not marks.near(fields["mark"], fields["index"], 3):
            counts["margin mark outside the band"] += 1
    if ok and "liquidate" in step.get("exec", {}).get("msg", {}):
        count_close_out(counts, events)


def count_close_out(counts, events):
    kinds, by_kind = Counter(kind for kind, _ in events), dict(events)
    legs = {fields["series"] for kind, fields in events if kind == "tf_fill"}
    counts["close-out filled"] += len(legs) > 0
    counts["close-out of a pair"] += len(legs) > 1
    counts["close-out that finds nothing"] += kinds["tf_remainder_cancelled"] > 0 and not legs
    paid = {fields["kind"] for kind, fields in events if kind == "tf_posting"}
    counts["close-out without bounty"] += "liquidation_fee" in paid and "bounty" not in paid
    solvent = by_kind["tf_liquidated"]["equity_before"] > 0
    counts["house took from equity" if solvent else "house took at the mark"] += kinds["tf_house_took"]


def kind_of(words):
    """A difference without its numbers."""
    return re.sub(r"[0-9.]+", "#", words.split("\n")[1])[:60]


def minimise(tokfut, steps):
    """Drops steps as long as the story still differs in the same way."""
    size = max(1, len(steps) // 2)
    found = compare(tokfut, steps)
    kind = kind_of(found[1])
    steps = steps[: found[0] + 1]
    while size:
        start = 1
        while start < len(steps):
            fewer = steps[:start] + steps[start + size:]
            try:
                again = compare(tokfut, fewer)
            except Exception:
                again = None
            if again and kind_of(again[1]) == kind:
                steps = fewer[: again[0] + 1]
            else:
                start += size
        size //= 2
    return steps
