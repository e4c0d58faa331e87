#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Fits the curve of written lines (line.written in ../calibration.tsv): what all readers together state of a line,
against how often that is right.

    calibrate.py READ... [--write]

READ is what bench_lines (tests/bench) made of lines that no reader was trained on:

    train.py DATA --fonts FONTS --make 2500 --seed 77 --part chosen | bench_lines > chosen-1.tsv
    train.py DATA --fonts FONTS --make 6000 --seed 78 --part chosen | bench_lines > chosen-2.tsv

What is printed is how many lines were right, then what is fitted on one half of the lines and measured on the other,
both ways; --write puts the fit of all into the table and leaves its other curves."""
import argparse
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import calibrate as table  # noqa: E402

table.CURVE = 'line.written'
table.STEPS = [0.0, 0.2, 0.4, 0.6, 0.75, 0.85, 0.92, 0.96, 0.98, 0.99, 0.995, 0.9975, 0.999, 1.01]
LEAST_LETTERS = 2  # shorter ones have a curve of their own
SURE = 0.9975


def folded(text):
    """As the forms' measure: case and runs of space do not count."""
    return re.sub(r'\s+', ' ', text).strip().casefold()


def lines_of(path):
    with open(path, encoding='utf-8') as file:
        for line in file:
            part = line.rstrip('\n').split('\t')
            if len(part) >= 10:
                yield part


def rows_of(path):
    for part in lines_of(path):
        if sum(c.isalnum() for c in part[8]) >= LEAST_LETTERS:
            yield f'{path} {part[0]}', float(part[9]), folded(part[8]) == folded(part[3])


def print_right(path):
    """How many lines the line reader alone and all readers together read to the letter."""
    parts = list(lines_of(path))
    alone, together = ([folded(part[at]) == folded(part[3]) for part in parts if len(part) > at] for at in (10, 8))
    sure = [folded(part[8]) == folded(part[3]) for part in parts if float(part[9]) >= SURE]
    print(f'{path}: {len(parts)} lines; right: line reader {sum(alone) / len(parts):.1%}, together '
          f'{sum(together) / len(parts):.1%}; stated at {SURE} and more {len(sure)}, wrong {len(sure) - sum(sure)}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('read', nargs='+')
    parser.add_argument('--write', action='store_true')
    options = parser.parse_args()
    rows = [row for path in options.read for row in rows_of(path)]
    if not rows:
        sys.exit('calibrate: no lines were read: nothing fitted')
    for path in options.read:
        print_right(path)
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
