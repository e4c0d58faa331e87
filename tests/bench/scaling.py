#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""scaling.py [--repeat N] [--seeds N]: pages a minute, two workers of a kind on two cores against one on one core.

The sample scans and those of N further seeds, since starting is counted in and a short run tells little of the rest.
The runs alternate; the median of their ratios counts. Goal: at least 1.9.
"""
import argparse
import os
import statistics
import sys
import tempfile

import measure
import pages


def pages_a_minute(files, out, workers, cores):
    wall, cpu, ledger = measure.run_postkamer(files, out, workers, cores)
    return 60 * ledger["pages"]["total"] / wall, cpu / ledger["pages"]["total"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=4)
    parser.add_argument("--seeds", type=int, default=4)
    options = parser.parse_args()
    measure.need(measure.POSTKAMER, "taskset")
    print(measure.machine())
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        folders = [pages.folder_of(seed, folder) for seed in [None, *range(1, options.seeds + 1)]]
        files = [path for each in folders for path, *_ in measure.sample_files(folder=each)]
        for _ in range(options.repeat):
            one, one_cpu = pages_a_minute(files, os.path.join(folder, "one"), 1, "0")
            two, two_cpu = pages_a_minute(files, os.path.join(folder, "two"), 2, "0,1")
            ratios.append(two / one)
            print(f"one worker on one core {one:.1f} pages a minute ({one_cpu:.2f} s CPU a page), "
                  f"two on two {two:.1f} ({two_cpu:.2f} s); ratio {two / one:.2f}", flush=True)
    print(measure.machine())
    ratio = statistics.median(ratios)
    good = measure.result("two workers a stage on two cores : one on one", "at least 1.9", f"{ratio:.2f}", ratio >= 1.9)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
