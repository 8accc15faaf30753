"""Price pages of two vendors, served on the loopback, and what a publisher reads beside them: for scripts/e2e.

Python standard library only.
"""

import csv
import http.server
import json
import threading
from pathlib import Path

PRICES = Path(__file__).resolve().parent.parent / "packages" / "core" / "data" / "model_prices.csv"
# The record of list prices ends before the cut of this day, which comes when a page says so.
CUT = "2026-07-30"
FIELDS = ("input", "cached_input", "output")


class Pages:
    """By vendor and model, the list prices that a page shows now; at first those of the record."""

    def __init__(self, models):
        rows = {row["model"]: row for row in record()}
        prices = {model: {field: rows[model][field] for field in FIELDS if rows[model][field]} for of in models.values() for model in of}
        self.pages = {vendor: {model: prices[model] for model in of} for vendor, of in models.items()}
        pages = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = json.dumps(pages.pages[self.path.strip("/")]).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def change(self, vendor, prices):
        """A vendor's new prices, by model."""
        self.pages = self.pages | {vendor: self.pages[vendor] | prices}

    def sources(self, folder):
        """A publisher's mapping file: the record up to the cut, then the pages."""
        folder.mkdir(parents=True)
        with (folder / "record.csv").open("w", newline="") as out:
            rows = record()
            writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        sources = ['[[source]]\nname = "record"\nfile = "record.csv"\nform = "list_prices_csv"\n']
        for vendor in self.pages:
            url = f"http://127.0.0.1:{self.server.server_port}/{vendor}"
            fields = "".join(f'fields.{field}.at = "/{field}"\n' for field in FIELDS)
            sources.append(
                f'[[source]]\nname = "{vendor}"\nurl = "{url}"\nform = "list_prices_json"\n'
                f'fields.vendor.value = "{vendor}"\nfields.model.key = "row"\n{fields}'
            )
        path = folder / "sources.toml"
        path.write_text("\n".join(sources))
        return path


def record():
    with PRICES.open() as rows:
        return [row for row in csv.DictReader(rows) if row["date"] < CUT]
