"""What a chain says of itself, block by block, and what must hold of its state: for scripts/faults.

Books, ledger and fixings are rebuilt from the events of every block, and held against what the contracts answer at the
same height. Python standard library only.
"""

import base64
import calendar
import hashlib
import json
import time
import urllib.request
from collections import Counter, defaultdict


def fail(words):
    raise SystemExit(f"faults: {words}")


# A node, asked ------------------------------------------------------------------------------------------------------


class Node:
    """The RPC of a node. Queries may be of a height that has passed."""

    def __init__(self, chain, index=0):
        self.chain, self.index = chain, index

    def get(self, path):
        url = f"http://127.0.0.1:{self.chain.state['ports'][self.index]['rpc']}/{path}"
        with urllib.request.urlopen(url, timeout=20) as answer:
            return json.load(answer)["result"]

    def height(self):
        try:
            return int(self.get("status")["sync_info"]["latest_block_height"])
        except (OSError, ValueError, KeyError):
            return 0

    def mempool(self):
        """The transactions that are in no block yet, as bytes."""
        return [base64.b64decode(tx) for tx in self.get("unconfirmed_txs?limit=100")["txs"]]

    def abci(self, path, request, height):
        answer = self.get(f'abci_query?path="{path}"&data=0x{request.hex()}&height={height}')["response"]
        if answer.get("code"):
            fail(f"{path}: {answer['log']}")
        return base64.b64decode(answer["value"] or "")

    def query(self, contract, message, height):
        """A contract's answer to a query."""
        request = field(1, contract.encode()) + field(2, json.dumps(message).encode())
        answer = self.abci("/cosmwasm.wasm.v1.Query/SmartContractState", request, height)
        return json.loads(fields(answer)[1])

    def supply(self, denom, height):
        answer = self.abci("/cosmos.bank.v1beta1.Query/SupplyOf", field(1, denom.encode()), height)
        return int(fields(fields(answer)[1])[2])


def field(number, value):
    """A field of bytes, as protobuf writes it."""
    size, length = b"", len(value)
    while length > 127:
        size, length = size + bytes([length & 127 | 128]), length >> 7
    return bytes([number << 3 | 2]) + size + bytes([length]) + value


def fields(message):
    """The fields of bytes of a message that has no others."""
    found, at = {}, 0
    while at < len(message):
        number, length, shift, at = message[at] >> 3, 0, 0, at + 1
        while True:
            byte, at = message[at], at + 1
            length, shift = length | (byte & 127) << shift, shift + 7
            if byte < 128:
                break
        found[number], at = message[at : at + length], at + length
    return found


# What the blocks say ------------------------------------------------------------------------------------------------


class Witness:
    """Follows every block from the first, and keeps what its events say of orders, money, fixings and strikes."""

    def __init__(self, node):
        self.node, self.height = node, 0
        self.seen = {}  # height: the block's hash, the state's before it, its results'
        self.orders = {}  # id: account, lots, when it ends by itself or none
        self.rested = {}  # id of every order that ever rested: height
        self.pots = Counter()
        self.fixed = {}  # feed, fixing time: value
        self.cycles = defaultdict(dict)  # struck or finalised: product: cycle, by whom
        self.counts = Counter()

    def block(self, height):
        block = self.node.get(f"block?height={height}")
        results = self.node.get(f"block_results?height={height}")["txs_results"] or []
        digest = hashlib.sha256(json.dumps(results, sort_keys=True).encode()).hexdigest()
        return (block["block_id"]["hash"], block["block"]["header"]["app_hash"], digest), results

    def follow(self):
        """Up to the latest block, if the node answers."""
        latest = self.node.height()
        while self.height < latest:
            try:
                self.seen[self.height + 1], results = self.block(self.height + 1)
            except (OSError, KeyError, ValueError):
                return
            self.height += 1
            for result in results:
                self.counts["transactions"] += 1
                if not result.get("code"):
                    self.note(result.get("events", []))

    def note(self, events):
        sender = None
        for event in events:
            facts = {attribute["key"]: attribute.get("value") for attribute in event["attributes"]}
            sender = facts.get("sender") if event["type"] == "message" and "sender" in facts else sender
            kind = event["type"].removeprefix("wasm-tf_")
            if kind == "order_rested":
                ends = None if facts["expires_at"] == "-" else int(facts["expires_at"])
                self.orders[facts["order"]] = (facts["account"], int(facts["lots"]), ends)
                self.rested[facts["order"]] = self.height
            elif kind == "fill":
                self.leave(facts["order"], int(facts["left"]))
            elif kind == "order_removed":
                # One that its account had made void is swept later.
                if facts["reason"] != "void" or facts["order"] in self.orders:
                    self.leave(facts["order"], 0)
            elif kind == "orders_voided":
                for order, (account, _, _) in list(self.orders.items()):
                    if account == facts["account"] and int(order.rpartition("-")[2]) < int(facts["before"]):
                        self.leave(order, 0)
            elif kind == "posting":
                self.pots[facts["from"]] -= int(facts["amount"])
                self.pots[facts["to"]] += int(facts["amount"])
            elif kind == "fixed":
                self.fixed[facts["feed"], int(facts["fixing_time"])] = facts["value"]
            elif kind in ("cycle_struck", "cycle_finalised"):
                self.cycles[kind][facts["product"]] = (int(facts["cycle"]), sender)
            else:
                continue
            self.counts[kind] += 1

    def leave(self, order, lots):
        account, _, ends = self.orders.pop(order)
        if lots:
            self.orders[order] = (account, lots, ends)

    def same_past(self, last=40):
        """The latest blocks that were seen are still those blocks."""
        for height in range(max(1, self.height - last + 1), self.height + 1):
            if self.block(height)[0] != self.seen[height]:
                fail(f"block {height} is another than before")


class Check:
    """What must hold of the state, at one height."""

    def __init__(self, witness, deployment):
        self.witness, self.deployment, self.supply = witness, deployment, None

    def ask(self, contract, message):
        return self.witness.node.query(self.deployment[contract], message, self.height)

    def equal(self, what, one, other):
        if one != other:
            fail(f"at height {self.height}: {what}: {one} is not {other}")

    def all(self):
        self.witness.follow()
        self.height = self.witness.height
        accounts, after = [], None
        while page := self.ask("vault", {"accounts": {"start_after": after, "limit": 30}}):
            accounts, after = accounts + page, page[-1]["account"]
        self.money()
        self.positions(accounts)
        self.books(accounts, self.open_series())
        for (feed, at), value in self.witness.fixed.items():
            final = self.ask("oracle", {"at_or_before": {"feed": int(feed), "time": at}})
            self.equal(f"feed {feed} at {at}", (int(final["fixing_time"]), final["value"]), (at, value))

    def money(self):
        sheet = {pot: int(value) for pot, value in self.ask("vault", {"balance_sheet": {}}).items()}
        pots = self.witness.pots
        house = ("insurance", "account:0")
        replayed = {pot: pots[pot] for pot in ("clearing", "treasury", "haircut", "shortfall")}
        replayed["insurance"] = sum(pots[pot] for pot in house)
        replayed["accounts"] = sum(money for pot, money in pots.items() if pot.startswith("account:") and pot not in house)
        for pot, money in replayed.items():
            self.equal(f"{pot} by its postings", money, sheet[pot])
        self.equal("the pots and the bank", sum(replayed.values()), sheet["bank"])
        self.equal("their total", sheet["total"], sheet["bank"])
        supply = self.witness.node.supply(self.deployment["spec"]["denom"], self.height)
        self.supply = self.supply or supply
        self.equal("the supply of coins", supply, self.supply)

    def positions(self, accounts):
        positions = [position for account in accounts for position in account["positions"]]
        for series in {position["series"] for position in positions}:
            lots = [int(position["lots"]) for position in positions if position["series"] == series]
            long, short = sum(lot for lot in lots if lot > 0), -sum(lot for lot in lots if lot < 0)
            self.equal(f"long and short of series {series}", long, short)
            interest = self.ask("vault", {"series": {"series": series}})["open_interest"]
            self.equal(f"open interest of series {series}", int(interest), long)

    def open_series(self):
        """The numbers of the series that trade: in others orders live no more, and are swept when somebody does."""
        products = self.deployment["spec"]["products"]
        listed = [series for code in products for series in self.ask("market", {"series_list": {"product": code}})]
        return {series["id"] for series in listed if series["status"] == "open"}

    def now(self):
        """Protocol time of the block (2.6)."""
        at = self.witness.node.get(f"block?height={self.height}")["block"]["header"]["time"]
        seconds = calendar.timegm(time.strptime(at[:19], "%Y-%m-%dT%H:%M:%S"))
        clock = self.deployment["spec"]["clock"]
        return clock["anchor"] + (seconds - clock["anchor"]) * clock["speed"]

    def books(self, accounts, series):
        """The orders of the events, the orders of the market, and the open lots of the vault, which counts those that
        have ended by themselves until somebody sweeps them."""
        resting, there, now = defaultdict(dict), Counter(), self.now()
        for order, (account, lots, ends) in self.witness.orders.items():
            if int(order.partition("-")[0]) in series:
                there[int(account), order.split("-")[1]] += lots
                if ends is None or ends > now:
                    resting[int(account)][order] = lots
        for account in accounts:
            number, orders, after = int(account["account"]), [], None
            while page := self.ask("market", {"orders": {"account": account["account"], "start_after": after, "limit": 100}}):
                orders, after = orders + page, page[-1]["id"]
            found = {order["id"]: int(order["lots"]) for order in orders}
            self.equal(f"orders of account {number}", found, dict(resting[number]))
            for side in ("buy", "sell"):
                positions = [position for position in account["positions"] if int(position["series"]) in series]
                open_lots = sum(int(position[f"open_{side}s"]) for position in positions)
                self.equal(f"lots that account {number} has open to {side}", open_lots, there[number, side[0]])
