"""Those who work on a local chain, each a process or a thread of its own: for scripts/faults.

A trader places, takes and cancels with `tokfut`; a keeper is `tokfut keeper run`; a publisher is `tokfut index run` on
files of quotes that are made here. Python standard library only.
"""

import datetime
import hashlib
import json
import os
import random
import shutil
import subprocess
import threading
import time
import urllib.request
from collections import Counter
from pathlib import Path

METHODOLOGY = Path(__file__).resolve().parent.parent / "packages" / "core" / "data"
IMPATIENCE = 20  # seconds that a trader waits for a block
# What an hour costs on the first day, for three providers, by GPU: the middle one, and what is far and wide around it.
RENTALS = {"A100": 1.59, "H100": 2.35, "B200": 6.79}
PROVIDERS = {"first": 0.99, "second": 1.0, "third": 1.01}
DAYS = 120


class Tokfut:
    """The program, with the deployment and the keys of a folder."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.environment = os.environ | {
            "TOKFUT_DEPLOYMENT": str(folder / "deployment.json"), "TOKFUT_KEYS": str(folder / "keys.json"),
        }  # fmt: skip

    def command(self, *words):
        return [str(self.program), *map(str, words)]

    def run(self, *words, **options):
        options = {"capture_output": True, "text": True, "check": True} | options
        return subprocess.run(self.command(*words), env=self.environment, **options)

    def answer(self, *words):
        return json.loads(self.run(*words, "--json").stdout)


# Traders ------------------------------------------------------------------------------------------------------------


class Trader(threading.Thread):
    """Places, takes and cancels, a process for each act, until stopped. Refusals are part of the trade."""

    def __init__(self, tokfut, name, series, seed):
        super().__init__(daemon=True)
        self.tokfut, self.key, self.random = tokfut, name, random.Random(f"{seed} {name}")
        self.series, self.middle = series["code"], round(float(series["mark"]), 3)
        self.placed = []  # height, id of what rests or none
        self.codes = Counter()
        self.end = threading.Event()

    def run(self):
        resting = []
        while not self.end.is_set():
            draw = self.random.random()
            if draw < 0.25 and resting:
                self.act("cancel", resting.pop(self.random.randrange(len(resting))))
            elif draw < 0.28:
                self.act("cancel-all")
                resting.clear()
            else:
                side, lots = self.random.choice(["buy", "sell"]), self.random.randint(1, 3)
                price = f"{self.middle + self.random.randint(-5, 5) / 1000:.4f}"
                # Some orders die at the end of the day, and are the keepers' to remove.
                day = ["--lasts", "day"] if self.random.random() < 0.2 else []
                answer = self.act("order", side, lots, self.series, "at", price, *day)
                if answer:
                    order = answer["placed"]["order"]
                    self.placed.append((answer["height"], order))
                    resting += [order] if order else []

    def act(self, *words):
        try:
            done = self.tokfut.run(*words, "--from", self.key, "--json", check=False, timeout=IMPATIENCE)
        except subprocess.TimeoutExpired:
            self.codes["given up"] += 1
            return None
        if done.returncode:
            self.codes[(done.stderr.split(": ") + [""])[1] or "failed"] += 1  # tokfut: CODE: …
            self.end.wait(0.2)
            return None
        self.codes["done"] += 1
        return json.loads(done.stdout.splitlines()[0]) if done.stdout.strip() else {}


# Keepers and publishers ---------------------------------------------------------------------------------------------


class Worker:
    """A process that works until it is killed, and may be started again; what it says goes to a file."""

    def __init__(self, tokfut, name, words):
        self.name, self.log = name, tokfut.folder / f"{name}.log"
        self.command, self.environment = tokfut.command(*words), tokfut.environment
        self.process = None

    def start(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdout=log, stderr=log)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def ended(self):
        """Why it ended by itself; none if it works."""
        return None if self.process.poll() is None else f"{self.name} ended: {self.log.read_text()[-500:]}"


class Keeper(Worker):
    """Two of them work at once, and each keeps its own checkpoint."""

    def __init__(self, tokfut, key, port):
        self.key, self.port = key, port
        words = ["keeper", "run", "--from", key, "--every", 300, "--metrics", f"127.0.0.1:{port}",
                 "--checkpoint", tokfut.folder / f"{key}.checkpoint"]  # fmt: skip
        super().__init__(tokfut, f"keeper-{key}", words)

    def height(self):
        """The block that it has last looked at; 0 if it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=2) as answer:
                lines = answer.read().decode().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith("tokfut_keeper_height ")), 0)

    def said(self):
        """What it has said of its actions: duty and result, how often."""
        lines = [line for line in self.log.read_text().splitlines() if line.startswith("{") and line.endswith("}")]
        return [line for line in map(json.loads, lines) if "duty" in line]


class Publisher(Worker):
    """One seat of the reference panel for one feed. It pays for its own messages."""

    def __init__(self, tokfut, sources, number, symbol):
        state = tokfut.folder / "publishers" / f"{symbol}-{number}"
        state.mkdir(parents=True)
        key = state / "key"
        key.touch(mode=0o600)
        key.write_text(hashlib.sha256(f"tokfut reference publisher {number}".encode()).hexdigest() + "\n")
        methodology = METHODOLOGY / "methodology" / f"{symbol.lower()}-1.toml"
        settings = {"methodologies": [str(methodology)], "sources": str(sources), "key_file": str(key), "state": str(state)}
        path = state / "publisher.toml"
        path.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items()))
        words = ["index", "run", "--settings", path, "--from", f"publisher-{number}", "--every", 1]
        super().__init__(tokfut, f"publisher-{symbol}-{number}", words)


def sources(folder, feeds):
    """Mapping files by feed: the record of list prices, and for GPUs quotes of days to come that move a little each day."""
    folder.mkdir(parents=True)
    shutil.copy(METHODOLOGY / "model_prices.csv", folder / "prices.csv")
    rows = ["date,provider,product,gpu,segment,terms,usd_per_gpu_hour"]
    dice, today = random.Random(0), datetime.datetime.now(datetime.timezone.utc).date()
    for day in (today + datetime.timedelta(days=days) for days in range(DAYS)):
        for gpu, price in RENTALS.items():
            price *= 1 + dice.uniform(-0.003, 0.003)
            rows += [f"{day},{who},{gpu.lower()},{gpu},specialist,on_demand,{price * part:.4f}" for who, part in PROVIDERS.items()]
    (folder / "rentals.csv").write_text("\n".join(rows) + "\n")
    forms = {"TOK": ("prices.csv", "list_prices_csv")}
    found = {}
    for symbol in feeds:
        file, form = forms.get(symbol, ("rentals.csv", "rental_quotes_csv"))
        found[symbol] = folder / f"{symbol}.toml"
        found[symbol].write_text(f'[[source]]\nname = "quotes"\nfile = "{file}"\nform = "{form}"\n')
    return found


def until(holds, patience, pause=0.2):
    """Whether it comes to hold in so many seconds."""
    end = time.monotonic() + patience
    while not (value := holds()):
        if time.monotonic() > end:
            return None
        time.sleep(pause)
    return value
