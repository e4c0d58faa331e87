#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Fits the powers to which the character reader's and the line reader's claims are raised before they are multiplied
(pipeline/extract/second_opinion.cc).

    second_opinion.py DATA [--pages N] [--combs PROGRAM]

Draws N pages of combs with glyphs (handprint: the last 5,000 of MNIST train, every sixth NIST capital) and surnames
(dutch-text, one word in ten) that neither reader was trained on, one hand a comb where the glyphs allow it, and has
PROGRAM (bench_combs) read those combs by both. Half of the pages choose the powers of each set, by the mean logarithm
of what is claimed for the right character; the other half tells what they are worth."""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile

import numpy as np

import comb_pages
import glyphs

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'lines'))
import texts  # noqa: E402

SETS = ('digits', 'capitals', 'mixed')
SHIPPED = {'digits': (0.7, 0.3), 'capitals': (0.6, 0.3), 'mixed': (0.7, 0.2)}
UNCLAIMED = 1e-6  # as second_opinion.cc
GRID = [(a / 10, b / 10) for a in range(4, 11) for b in range(0, 6) if a + b <= 10]
SURE = 0.995


class Unseen(glyphs.Source):
    """Glyphs of people alone: fonts and drawn strokes are in the training of both readers."""

    def __init__(self, folder):
        super().__init__(folder, True)
        self.print_by_class = [[] for _ in glyphs.CLASSES]

    def raw(self, rng, label=None):
        pool = self.by_digit[label] if label < 10 else self.by_capital[label - 10]
        images = self.digits if label < 10 else self.capitals
        glyph = images[rng.choice(pool)]
        return comb_pages.cv2.resize(glyph, (glyphs.CANVAS, glyphs.CANVAS), interpolation=comb_pages.cv2.INTER_CUBIC), label, False


def read(data, program, pages):
    """[(page, set, label, first, second)] of every inked cell of the combs that want a second opinion."""
    source = Unseen(f'{data}/handprint')
    names = [name.upper() for name in texts.Texts(f'{data}/dutch-text', True).surnames]
    names = [name for name in names if len(name) >= 4 and all(c in glyphs.CAPITALS for c in name)]

    def spell(rng, hand):
        return [glyphs.CLASSES.index(c) for c in names[int(rng.integers(len(names)))]] if hand['alphabet'] == 1 else []
    rows = []
    for page in range(pages):
        with tempfile.TemporaryDirectory() as folder:
            comb_pages.make_page(source, np.random.default_rng((11, page)), f'{folder}/p', spell)
            out = subprocess.run([program, f'{folder}/p'], check=True, stdout=subprocess.PIPE, text=True).stdout
        for line in out.splitlines():
            rows += [(page, SETS[cell['set']], glyphs.CLASSES[cell['label']], cell['first'], cell['second'])
                     for cell in json.loads(line)]
    return rows


def allowed(claims, name):
    kept = '' if name == 'mixed' else glyphs.CAPITALS if name == 'digits' else glyphs.DIGITS
    return {c: p for c, p in claims.items() if c == '' or c not in kept}


def pooled(first, second, powers):
    """What both claim together, as pooled() of second_opinion.cc."""
    claims = {c: max(UNCLAIMED, first.get(c, 0)) ** powers[0] * max(UNCLAIMED, second.get(c, 0)) ** powers[1]
              for c in first.keys() | second.keys()}
    total = sum(claims.values())
    return {c: p / total for c, p in claims.items()}


def judged(rows, powers):
    """(mean log of what the right character got, share right, sure, wrong of them)"""
    loss = right = sure = wrong = 0
    for _, name, label, first, second in rows:
        claims = pooled(allowed(first, name), allowed(second, name), powers)
        best = max(claims, key=claims.get)
        loss -= math.log(max(1e-9, claims.get(label, 0)))
        right += best == label
        sure += claims[best] >= SURE
        wrong += claims[best] >= SURE and best != label
    return loss / len(rows), right / len(rows), sure / len(rows), wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data', nargs='?', default=os.environ.get('POSTKAMER_DATA', '.'))
    parser.add_argument('--pages', type=int, default=300)
    parser.add_argument('--combs', default=f'{HERE}/../../build/bench/bin/bench_combs', help='the program bench_combs')
    options = parser.parse_args()
    if not os.access(options.combs, os.X_OK):
        sys.exit(f'second_opinion: {options.combs} is not there; build it: cmake --workflow --preset bench')
    rows = read(options.data, options.combs, options.pages)
    print('set       powers           loss     right   at 0.995: share, wrong')
    for name in SETS:
        choosing = [row for row in rows if row[1] == name and row[0] % 2 == 0]
        others = [row for row in rows if row[1] == name and row[0] % 2 == 1]
        if not choosing or not others:
            sys.exit(f'second_opinion: no combs of {name} on {options.pages} pages; take more')
        best = min(GRID, key=lambda powers: judged(choosing, powers)[0])
        for what, powers in (('first alone', (1.0, 0.0)), ('chosen', best), ('shipped', SHIPPED[name])):
            loss, right, sure, wrong = judged(others, powers)
            print(f'{name:9} {what:11} {powers[0]} {powers[1]}  {loss:.4f}  {right:.2%}  {sure:.1%}, {wrong} of {len(others)}')


if __name__ == '__main__':
    main()
