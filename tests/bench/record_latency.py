#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""record_latency.py [--repeat N]: from a scan's rename into the inbox to its record at a subscriber.

Idle mailroom, one-page known forms at 300 dpi, and the CPU of all that leads to the record against
`tesseract PAGE out -l nld` on the same page.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

import measure

AFTER_THE_RECORD = ("postkamer-ocr", "postkamer-box-ocr", "postkamer-archive", "postkamer-box-archive")


def is_known_form(entry):
    return entry["group"] in ("typed", "handfont") and "200 dpi" not in entry["shows"]


def samples():
    """{kind of picture: files}."""
    known = [(path, entry) for path, entry, _ in measure.sample_files(one_page=True) if is_known_form(entry)]
    bilevel = [path for path, entry in known if path.endswith(".tif") and "gray" not in entry["shows"]]
    gray = [path for path, entry in known if os.path.getsize(path) > 300_000]  # JPEG in PDF, gray TIFF, PNG
    return {"G4": bilevel[:6], "gray": gray[:6]}


def tesseract_cpu(path, folder):
    """CPU seconds of a full-page read by the command, once."""
    page = path
    if path.endswith(".pdf"):
        subprocess.run(["pdfimages", "-all", path, os.path.join(folder, "page")], check=True)
        page = os.path.join(folder, next(name for name in os.listdir(folder) if name.startswith("page")))
    return measure.timed(["tesseract", page, os.path.join(folder, "out"), "-l", "nld"])[1]


def one_record(mailroom, subscriber, path, name):
    """(seconds to the claim, seconds to the event, CPU by program up to the event)."""
    before = mailroom.cpu_seconds()
    start = mailroom.drop(path, name)
    waiting = os.path.join(mailroom.inbox, name)
    while os.path.exists(waiting):
        time.sleep(0.001)
    claimed = time.monotonic() - start
    arrived, _ = subscriber.next()
    after = mailroom.cpu_seconds()
    used = {program: after[program] - before[program] for program in after}
    mailroom.wait_until_finished([name])
    return claimed, arrived - start, used


def measure_kind(kind, files, repeat, mailroom, subscriber):
    walls, claims, ratios, cpus = [], [], [], []
    for path in files:
        with tempfile.TemporaryDirectory() as folder:
            whole = statistics.median(tesseract_cpu(path, folder) for _ in range(2))
        own = []
        for n in range(repeat):
            claimed, wall, used = one_record(
                mailroom, subscriber, path, f"{kind}-{n}-{os.path.basename(path)}")
            walls.append(wall)
            claims.append(claimed)
            own.append(sum(cpu for program, cpu in used.items() if program not in AFTER_THE_RECORD))
            cpus.append(used)
        ratios.append(statistics.mean(own) / whole)
        print(f"  {os.path.basename(path):24} record {statistics.median(walls[-repeat:]):.3f} s, its CPU "
              f"{statistics.mean(own):.3f} s; tesseract {whole:.3f} s CPU; ratio {ratios[-1]:.3f}", flush=True)
    print(f"{kind}: file ready to event, median {statistics.median(walls):.3f} s "
          f"(of which the door's look {statistics.median(claims):.3f} s; fastest {min(walls):.3f} s); "
          f"CPU to the record : tesseract, median {statistics.median(ratios):.3f}")
    programs = sorted(set().union(*cpus) - set(AFTER_THE_RECORD))
    print("  CPU ms a record: " + ", ".join(
        f"{p.removeprefix('postkamer-')} {1000 * statistics.mean(c[p] for c in cpus):.0f}" for p in programs))
    wall, ratio = statistics.median(walls), statistics.median(ratios)
    fast = measure.result(f"record of a one-page known form, {kind}", "under 0.6 s", f"{wall:.2f} s", wall < 0.6)
    cheap = measure.result(f"its CPU : a full-page tesseract's, {kind}", "under 0.25", f"{ratio:.3f}", ratio < 0.25)
    return fast and cheap


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="times each scan is dropped")
    repeat = parser.parse_args().repeat
    measure.need(measure.POSTKAMER, "tesseract", "pdfimages")
    print(measure.machine())
    with measure.Mailroom() as mailroom:
        subscriber = measure.Subscriber(mailroom)
        for path, *_ in measure.sample_files(one_page=True)[:3]:  # caches and models are warm in a mailroom
            one_record(mailroom, subscriber, path, "warm-" + os.path.basename(path))
        done = [measure_kind(kind, files, repeat, mailroom, subscriber) for kind, files in samples().items()]
        subscriber.close()
    sys.exit(0 if all(done) else 1)


if __name__ == "__main__":
    main()
