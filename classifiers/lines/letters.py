#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Learns which letters follow which on the free lines of Dutch forms and writes letters.bin.

    letters.py DATA [--lines COUNT] [--least COUNT] [--out FILE]

DATA holds dutch-text. Texts are those that the network is trained with (texts.py), so the words kept apart are not among
them. letters.bin: for each length n of 1 to 5 a count (4 bytes, little-endian) of sequences, their keys in ascending
order (4 bytes each: 6 bits a symbol, the last one lowest), and for each a byte: -log(share of its last symbol among
what follows the others) * 16. letter_model.h reads it."""
import argparse
import collections
import math
import os
import struct

import numpy as np

import texts

HERE = os.path.dirname(os.path.abspath(__file__))
LONGEST = 5
RARER = {3: 1, 4: 2, 5: 5}  # of the longer ones more are left out
# Symbol numbers: 1-26 letters, 27 any digit, then these; 0 is both ends of a line.
MARKS = " .-',@_/"
OTHER = 28 + len(MARKS)
BASE = {c: p for c, p in zip('àáâäçèéêëìíîïñòóôöøùúûü', 'aaaaceeeeiiiinooooouuuu')}


def symbol(character):
    c = character.lower()
    c = BASE.get(c, c)
    if 'a' <= c <= 'z':
        return ord(c) - ord('a') + 1
    return 27 if c.isdigit() else 28 + MARKS.index(c) if c in MARKS else OTHER


def key(symbols):
    out = 0
    for s in symbols:
        out = out << 6 | s
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data', nargs='?', default=os.environ.get('POSTKAMER_DATA', '.'))
    parser.add_argument('--lines', type=int, default=300000)
    parser.add_argument('--least', type=int, default=3, help='sequences rarer than this are left out')
    parser.add_argument('--out', default=os.path.join(HERE, 'letters.bin'))
    options = parser.parse_args()
    source = texts.Texts(os.path.join(options.data, 'dutch-text'), False)
    rng = np.random.default_rng(11)
    lines = [source.draw(rng) for _ in range(options.lines)] + source.surnames + source.places * 3 + source.words
    counts = [collections.Counter() for _ in range(LONGEST + 1)]
    number = {c: symbol(c) for c in texts.CLASSES}
    for line in lines:
        symbols = [0] * (LONGEST - 1) + [number[c] for c in line] + [0]
        for end in range(LONGEST - 1, len(symbols)):
            for n in range(1, LONGEST + 1):
                counts[n][key(symbols[end - n + 1:end + 1])] += 1
    with open(options.out, 'wb') as file:
        for n in range(1, LONGEST + 1):
            contexts = collections.Counter()
            for k, count in counts[n].items():
                contexts[k >> 6] += count
            kept = sorted(k for k, count in counts[n].items() if n < 3 or count >= options.least * RARER[n])
            file.write(struct.pack('<I', len(kept)) + struct.pack(f'<{len(kept)}I', *kept))
            file.write(bytes(min(255, round(-16 * math.log((counts[n][k] - (0.5 if n > 1 else 0)) / contexts[k >> 6])))
                             for k in kept))
            print(n, len(kept))


if __name__ == '__main__':
    main()
