#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""memory.py: peak memory and CPU of every process of a mailroom that reads all sample scans.

Ends 1 when a worker passes 400 MiB or the broker 100 MiB. The broker with 10,000 jobs waiting is
measured by bench_broker.
"""
import json
import os
import sys

import measure


def ledger_pages(mailroom):
    """Pages of all batches."""
    pages = 0
    for folder, _, names in os.walk(os.path.join(mailroom.folder, "processed")):
        if "manifest.json" in names:
            with open(os.path.join(folder, "manifest.json")) as file:
                pages += json.load(file)["ledger"]["pages"]["total"]
    return pages


def main():
    measure.need(measure.POSTKAMER)
    print(measure.machine())
    files = [path for path, *_ in measure.sample_files()]
    with measure.Mailroom(poll_ms=1000) as mailroom:
        before = mailroom.cpu_seconds()
        idle = mailroom.peak_memory_mib()
        for path in files:
            mailroom.drop(path, os.path.basename(path))
        mailroom.wait_until_finished(map(os.path.basename, files))
        peak = mailroom.peak_memory_mib()
        after = mailroom.cpu_seconds()
        pages = ledger_pages(mailroom)
    used = {program: after[program] - before.get(program, 0) for program in after}
    print(f"{len(files)} files, {pages} pages\n{'process':20}{'started, MiB':>14}{'peak, MiB':>12}{'CPU ms a page':>16}")
    for program in sorted(peak):
        print(f"{program:20}{idle.get(program, 0):14.0f}{peak[program]:12.0f}{1000 * used.get(program, 0) / pages:16.1f}")
    ocr, zones = (used[f"postkamer-{kind}"] + used.get(f"postkamer-box-{kind}", 0) for kind in ("ocr", "extract"))
    rest = sum(used.values()) - ocr
    print(f"CPU of all but OCR : OCR {rest / ocr:.3f}, without the zones too {(rest - zones) / ocr:.3f}")
    worker, most = max(((p, m) for p, m in peak.items() if p != "postkamer-broker"), key=lambda item: item[1])
    good = [measure.result("memory of the largest worker", "under 400 MiB", f"{most:.0f} MiB ({worker})", most < 400),
            measure.result("memory of the broker in that run", "under 100 MiB",
                           f"{peak['postkamer-broker']:.0f} MiB", peak["postkamer-broker"] < 100)]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
