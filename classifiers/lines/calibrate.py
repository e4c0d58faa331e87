#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Fits the curve of written lines (line.written in ../calibration.tsv): what all readers together state of a line,
against how often that is right.

    calibrate.py READ... [--write]

READ is what bench_lines (tests/bench) made of lines that no reader was trained on:

    train.py DATA --fonts FONTS --make 1500 --seed 77 --part chosen | bench_lines > chosen.tsv
    train.py DATA --fonts FONTS --make 900 --seed 78 --part measured | bench_lines > measured.tsv

What is printed first is fitted on one half of the lines and measured on the other, both ways; --write puts the fit of
all into the table and leaves its other curves."""
import argparse
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import calibrate as table  # noqa: E402

table.CURVE = 'line.written'
table.STEPS = [0.0, 0.2, 0.4, 0.6, 0.75, 0.85, 0.92, 0.96, 0.98, 0.99, 0.995, 0.9975, 0.999, 1.01]
LEAST_LETTERS = 2  # shorter ones have a curve of their own


def folded(text):
    """As the forms' measure: case and runs of space do not count."""
    return re.sub(r'\s+', ' ', text).strip().casefold()


def rows_of(path):
    with open(path, encoding='utf-8') as file:
        for line in file:
            part = line.rstrip('\n').split('\t')
            if len(part) >= 10 and sum(c.isalnum() for c in part[8]) >= LEAST_LETTERS:
                yield f'{path} {part[0]}', float(part[9]), folded(part[8]) == folded(part[3])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('read', nargs='+')
    parser.add_argument('--write', action='store_true')
    options = parser.parse_args()
    rows = [row for path in options.read for row in rows_of(path)]
    if not rows:
        sys.exit('calibrate: no lines were read: nothing fitted')
    for half in (0, 1):
        points = table.fitted([row for row in rows if table.half_of(row, 1) != half])
        held_out = [row for row in rows if table.half_of(row, 1) == half]
        print(f'half {half} held out: {table.measured(held_out, points)}')
    points = table.fitted(rows)
    print(f'all {len(rows)}: {points}')
    if options.write:
        table.write(points)


if __name__ == '__main__':
    main()
