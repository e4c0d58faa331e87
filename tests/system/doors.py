#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The two doors of the mailroom, shown: paper in, records out, one put right, all told again.

    tests/system/doors.py [BIN]      BIN: folder of the built programs, build/release/bin

A slow writer drops a batch of separated documents; a person accepts what was read, then corrects one
field; three subscribers (Python, Node, C++) follow. Ends 0 when each saw the same bytes in the same
order and a replay from event 1 gives them again; else says what differed.
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/bin").resolve()
SAMPLE = ROOT / "sample-scans/batch-02-qr.tif"
TRUTH = ROOT / "sample-scans/batch-02-qr.truth.json"
DEADLINE_S = 120

SETTINGS = f"""
[system]
data = "data"
forms = "{ROOT}/config/forms"
[[inbox]]
name = "post"
folder = "inbox"
stable_ms = 1_000
poll_ms = 100
[[subscriber]]
name = "python"
[[subscriber]]
name = "node"
[[subscriber]]
name = "cpp"
"""


def wait_until(what, condition):
    end = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"doors: waited {DEADLINE_S} s in vain for {what}")
        time.sleep(0.05)


def expect(is_so, what):
    print(("  yes  " if is_so else "  NO   ") + what)
    if not is_so:
        sys.exit(1)


class Mailroom:
    def __init__(self, folder):
        self.folder = folder
        self.settings = folder / "postkamer.toml"
        self.settings.write_text(SETTINGS)
        self.children = []
        with open(folder / "log", "wb") as log:
            self.serve = subprocess.Popen(
                [BIN / "postkamer", "--config", self.settings, "serve"], stdout=log, stderr=log)
        wait_until("the mailroom to open",
                   lambda: b"the mailroom is open" in (folder / "log").read_bytes())

    def ask(self, *words):
        done = subprocess.run([BIN / "postkamer", *words, "--dir", self.folder / "data"],
                              capture_output=True, check=False)
        if done.returncode != 0:
            sys.exit(f"doors: postkamer {' '.join(words)}: {done.stderr.decode()}")
        return done.stdout

    def follow(self, name, *command):
        with open(self.folder / f"{name}.jsonl", "wb") as out:
            self.children.append(subprocess.Popen([*command, name], stdout=out))

    def seen_by(self, name):
        return (self.folder / f"{name}.jsonl").read_bytes()

    def close(self):
        for child in self.children:
            child.kill()
        self.serve.send_signal(signal.SIGTERM)
        self.serve.wait(15)


def drop_slowly(source, inbox):
    """As a copy over a slow line: visible from the first byte, whole much later."""
    bytes_ = source.read_bytes()
    with open(inbox / source.name, "wb") as out:
        for at in range(0, len(bytes_), len(bytes_) // 8 + 1):
            out.write(bytes_[at:at + len(bytes_) // 8 + 1])
            out.flush()
            time.sleep(0.1)  # what makes the writer slow; nothing waits for it


def waiting(room):
    return [one["document"] for one in json.loads(room.ask("review", "list", "--json"))["documents"]]


def main(folder):
    truth = json.loads(TRUTH.read_text())["documents"]
    room = Mailroom(folder)
    try:
        clients, socket = ROOT / "workers/publisher", folder / "data/run/events.sock"
        room.follow("python", "/usr/bin/python3", clients / "subscriber.py", f"ipc://{socket}")
        room.follow("node", "node", clients / "subscriber.mjs", socket)
        room.follow("cpp", BIN / "subscriber_example", f"ipc://{socket}")

        print(f"a slow writer drops {SAMPLE.name}: {len(truth)} documents between separators")
        drop_slowly(SAMPLE, folder / "inbox")
        wait_until("its documents", lambda: len(waiting(room)) >= len(truth))
        documents = sorted(waiting(room))
        records = [json.loads(room.ask("review", "show", name, "--json"))["record"]
                   for name in documents]
        forms = [(record.get("form") or {}).get("id", "") for record in records]
        expect(forms == [one["form"] for one in truth], f"documents split rightly: {forms}")
        pages = [len(record["pages"]) for record in records]
        expect(pages == [len(one["pages"]) for one in truth], f"each with its own pages: {pages}")

        for name in documents:
            room.ask("review", "accept", name, "--person", "anna")
        first = documents[0]
        room.ask("review", "correct", first, "achternaam=Jansen", "--why", "verkeerd gelezen")
        count = len(documents) + 1
        for name in ("python", "node", "cpp"):
            wait_until(f"{count} events at {name}",
                       lambda name=name: room.seen_by(name).count(b"\n") >= count)
        live = room.seen_by("python")
        events = [json.loads(line) for line in live.splitlines()]
        for event in events:
            print(f"  {event['sequence']}  {event['type'].split('.')[2]:25} {event['subject']}")
        expect([int(event["sequence"]) for event in events] == list(range(1, count + 1)),
               "numbered without a gap")
        expect(room.seen_by("node") == live == room.seen_by("cpp"),
               "Python, Node and C++ saw the same bytes in the same order")
        last = events[-1]
        expect(last["subject"] == first and last["data"]["revision"] == 2
               and last["data"]["values"]["achternaam"] == "Jansen"
               and [one["field"] for one in last["data"]["change"]["fields"]] == ["achternaam"],
               "the correction came last, with what changed")
        expect(room.ask("records", "replay") == live, "replayed from 1: what was seen live")
    finally:
        room.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="pk-doors-") as name:
        main(Path(os.path.realpath(name)))
