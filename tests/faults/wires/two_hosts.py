#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Two machines: a mailroom on one, its workers on the other, a wire of tcp between them.

usage: two_hosts.py BIN

The machines are network namespaces joined by a pair of virtual cards. Workers there have nothing but
their key file, the settings and the forms; the records must be those that local workers make. Ends
with 77, and says why, where the system gives no namespaces.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
KINDS = ["decode", "deskew", "classify", "extract", "ocr", "archive"]
SETTINGS = """
[system]
data = 'data'
forms = '{root}/config/forms'
[workers]
{workers}
[[inbox]]
name = 'post'
folder = 'inbox'
publish = 'doubtful-too'
stable_ms = 200
poll_ms = 100
[[subscriber]]
name = 'python'
"""
GATE = """
[gate]
listen = 'tcp://10.77.0.1:7700'
keys = 'keys'
"""


def until(done, what, seconds=120):
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            sys.exit(f"in vain waited for: {what}")
        time.sleep(0.05)


def essence(event):
    """What must be the same however a run went."""
    return json.dumps({k: v for k, v in event.items() if k not in ("time", "sequence")}, sort_keys=True)


class Mailroom:
    def __init__(self, folder, binaries, workers, gate=""):
        self.folder, self.binaries = folder, binaries
        self.config = folder / "postkamer.toml"
        (folder / "inbox").mkdir(parents=True)
        self.config.write_text(SETTINGS.format(root=ROOT, workers=workers) + gate)

    def call(self, *arguments):
        return subprocess.run([self.binaries / "postkamer", "--config", self.config, *arguments],
                              check=True, capture_output=True, text=True, cwd=self.folder).stdout

    def open(self):
        self.log = (self.folder / "log").open("w+")
        self.process = subprocess.Popen([self.binaries / "postkamer", "--config", self.config, "serve"],
                                        stdout=self.log, stderr=self.log)
        until(lambda: "the mailroom is open" in (self.folder / "log").read_text() or self.process.poll() is not None,
              "the mailroom to open")
        if self.process.poll() is not None:
            sys.exit((self.folder / "log").read_text())

    def records(self, scans):
        """Drops the scans as one batch; gives its events, without what time and chance change."""
        batch = self.folder / "inbox" / "batch"
        batch.mkdir()
        for scan in scans:
            shutil.copy(scan, batch)
        (batch / ".done").touch()

        def is_done():
            status = json.loads(self.call("status", "--json"))
            return status["head"] > 0 and not status["batches"]

        until(is_done, "the batch to close")
        events = self.call("records", "replay", "--from", "0").splitlines()
        return sorted(essence(json.loads(line)) for line in events)

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(30) != 0:
            sys.exit((self.folder / "log").read_text())


def another_machine():
    """A process in a network of its own, that lives as long as its input is open; joined to ours."""
    other = subprocess.Popen(["unshare", "-n", "cat"], stdin=subprocess.PIPE)
    mine = os.readlink("/proc/self/ns/net")
    until(lambda: os.readlink(f"/proc/{other.pid}/ns/net") != mine, "another network", 10)
    for command in ("ip link set lo up",
                    "ip link add wire0 type veth peer name wire1",
                    f"ip link set wire1 netns {other.pid}",
                    "ip addr add 10.77.0.1/24 dev wire0",
                    "ip link set wire0 up",
                    f"nsenter -t {other.pid} -n ip addr add 10.77.0.2/24 dev wire1",
                    f"nsenter -t {other.pid} -n ip link set wire1 up"):
        subprocess.run(command.split(), check=True)
    return other


def compare(binaries, folder):
    scans = [sorted((ROOT / "sample-scans").rglob(pattern))[0]
             for pattern in ("typed-*.tif", "letter-*.tif", "batch-03*.pdf")]
    one = "\n".join(f"{kind} = 1" for kind in KINDS)
    here = Mailroom(folder / "here", binaries, one)
    here.open()
    expected = here.records(scans)
    here.close()

    other = another_machine()
    there = Mailroom(folder / "there", binaries, f"elsewhere = {json.dumps(KINDS)}", GATE)
    there.call("keys", "new", "machine-2", "--role", "worker", "--kinds", ",".join(KINDS + ["assemble"]),
               "--out", str(folder / "machine-2.key"))
    there.open()
    settings = folder / "worker.toml"
    settings.write_text(f"[system]\nforms = '{ROOT}/config/forms'\n")
    worker = subprocess.Popen(["nsenter", "-t", str(other.pid), "-n", binaries / "postkamer", "--config", settings,
                               "worker", *KINDS, "--key", folder / "machine-2.key"])
    try:
        found = there.records(scans)
        status = json.loads(there.call("status", "--json"))
        peers = status["wires"]["gate"]["peers"]
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
        there.close()
        other.stdin.close()
        other.wait(10)
    keys = {key["name"]: key["state"] for key in json.loads(there.call("keys", "list", "--json"))}
    assert keys == {"machine-2": "good"}, keys
    there.call("keys", "revoke", "machine-2")
    assert "revoked" in there.call("keys", "list")
    assert (folder / "machine-2.key").stat().st_mode & 0o777 == 0o600
    assert {peer["name"] for peer in peers} == {"machine-2"} and len(peers) == len(KINDS), peers
    assert len(found) >= len(scans), f"{len(found)} records of {len(scans)} scans"
    assert found == expected, "the records differ"
    print(f"{len(found)} records of {len(scans)} scans, the same as of local workers; {len(peers)} workers over tcp")


def main():
    if len(sys.argv) == 2:  # into a network of our own, as root there
        command = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-Urn"]
        probe = subprocess.run([*command, "sh", "-c", "ip link add wire0 type veth peer name wire1"],
                               capture_output=True, text=True)
        if probe.returncode != 0:
            print("skipped: this system gives no network namespaces with virtual cards: " + probe.stderr.strip())
            sys.exit(77)
        os.execvp(command[0], [*command, sys.executable, __file__, sys.argv[1], "inside"])
    with tempfile.TemporaryDirectory(prefix="pk-") as folder:
        compare(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(folder))


main()
