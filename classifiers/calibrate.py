#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Fits the curve of typed lines (line.typed) in calibration.tsv, on sample scans of other seeds.

    calibrate.py RUN SAMPLES [--seed N] [--write]

SAMPLES holds scans of make_samples and their truth; RUN is what `postkamer run` made of them with a calibration.tsv
that has no line.typed curve, so that the records state the engine's own confidence:

    for s in 1 2 3; do make_samples /tmp/made/$s --seed $s; for f in /tmp/made/$s/typed-*; do
      cp $f /tmp/samples/$s-${f##*/}; done; done
    sed -i '/^line.typed/d' classifiers/calibration.tsv; postkamer run /tmp/samples/*.tif /tmp/samples/*.pdf --out /tmp/run
    git checkout classifiers/calibration.tsv; classifiers/calibrate.py /tmp/run /tmp/samples --write

Steps of confidence, made to rise (pool adjacent violators); half a wrong one is added to each, so that no step says
"never". What is printed first is fitted on one half of the
documents and measured on the other, both ways; --write puts the fit of all into calibration.tsv and leaves its other
curves. The measure that counts is another: tests/bench/reading/read_split.py, on forms and fonts that are not these.
"""
import argparse
import glob
import hashlib
import json
import os
import sys
import tomllib

STEPS = [0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.96, 1.01]
EDGES = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.01]
CURVE = "line.typed"
HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "calibration.tsv")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def same(a, b):
    return "".join(str(a).lower().split()) == "".join(str(b).lower().split())


def rows_of(run, samples, lines):
    """(document, stated, right) of every filled line that was read as print in a typed document."""
    for path in sorted(glob.glob(os.path.join(run, "documents", "*", "record.json"))):
        record = load(path)
        name = os.path.splitext(record["pages"][0]["file"])[0]
        truth = load(os.path.join(samples, name + ".truth.json"))["documents"][0]
        if truth["handprint"] or (record["form"] or {}).get("id") != truth["form"]:
            continue
        for field, wanted in truth["fields"].items():
            read = record["fields"].get(field, {})
            if field in lines and read.get("method") == "printed_text" and len(str(read.get("raw"))) > 1:
                yield name, read["probability"], same(wanted, read["value"])


def lines_of(forms):
    """The fields that are one ruled line: text and e-mail without cells."""
    lines = set()
    for path in glob.glob(os.path.join(forms, "*", "*", "form.toml")):
        with open(path, "rb") as file:
            for field in tomllib.load(file)["fields"]:
                if field["type"] in ("text", "email") and not field.get("cells") and field.get("lines", 1) == 1:
                    lines.add(field["name"])
    return lines


def fitted(rows):
    """Points at the mean confidence of each step, rising."""
    pools = []
    for low, high in zip(STEPS, STEPS[1:]):
        part = [row for row in rows if low <= row[1] < high]
        if part:
            pools.append([sum(row[1] for row in part), sum(row[2] for row in part), len(part)])
        while len(pools) > 1 and share(pools[-2]) >= share(pools[-1]):
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last)]
    return [(round(pool[0] / pool[2], 4), round(share(pool), 4)) for pool in pools]


def share(pool):
    return max(0.0, (pool[1] - 0.5) / pool[2])


def at(points, stated):
    if not points or stated <= points[0][0]:
        return points[0][1] if points else stated
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if stated <= x1:
            return y0 + (stated - x0) / (x1 - x0) * (y1 - y0)
    return points[-1][1]


def measured(rows, points):
    bins, taken = {}, [row for row in rows if at(points, row[1]) >= 0.995]
    for row in rows:
        p = at(points, row[1])
        bins.setdefault(sum(p >= edge for edge in EDGES), []).append(p - row[2])
    error = sum(abs(sum(part)) for part in bins.values()) / max(1, len(rows))
    return f"calibration error {error:.4f}; at 0.995 {len(taken)} of {len(rows)}, {sum(not row[2] for row in taken)} wrong"


def half_of(row, seed):
    return hashlib.sha256(f"{seed} {row[0]}".encode()).digest()[0] % 2


def write(points):
    with open(TABLE, encoding="utf-8") as file:
        kept = [line for line in file if line.split("\t")[0] != CURVE]
    with open(TABLE, "w", encoding="utf-8") as file:
        file.writelines(kept)
        file.writelines(f"{CURVE}\t{stated}\t{right}\n" for stated, right in points)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("samples")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    lines = lines_of(os.path.join(HERE, "..", "config", "forms"))
    rows = list(rows_of(options.run, options.samples, lines))
    if not rows:
        sys.exit("no typed lines in the run: nothing fitted")
    for half in (0, 1):
        points = fitted([row for row in rows if half_of(row, options.seed) != half])
        held_out = [row for row in rows if half_of(row, options.seed) == half]
        print(f"half {half} held out: {measured(held_out, points)}")
    points = fitted(rows)
    print(f"all {len(rows)}: {points}")
    if options.write:
        write(points)


if __name__ == "__main__":
    main()
