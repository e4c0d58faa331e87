#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Fits the powers to which the character reader's and the line reader's claims are raised before they are multiplied
(pipeline/extract/second_opinion.cc), and that of how usual a word's letters are (pipeline/extract/letters_prior.cc).

    second_opinion.py DATA [--pages N] [--combs PROGRAM]

Draws N pages of combs with glyphs (handprint: the last 5,000 of MNIST train, every sixth NIST capital) and surnames
(dutch-text, one word in ten) that neither reader was trained on, one hand a comb where the glyphs allow it, and has
PROGRAM (bench_combs) read those combs by both. Half of the pages choose the powers of each set, by the mean logarithm
of what is claimed for the right character; the other half tells what they are worth."""
import argparse
import json
import math
import os
import struct
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
    """[(page, set, cells)] of the combs that want a second opinion; of every inked cell (label, first, second)."""
    source = Unseen(f'{data}/handprint')
    names = [name.upper() for name in texts.Texts(f'{data}/dutch-text', True).surnames]
    names = [name for name in names if 4 <= len(name) <= 8 and all(c in glyphs.CAPITALS for c in name)]

    def spell(rng, hand):
        return [glyphs.CLASSES.index(c) for c in names[int(rng.integers(len(names)))]] if hand['alphabet'] == 1 else []
    combs = []
    for page in range(pages):
        with tempfile.TemporaryDirectory() as folder:
            comb_pages.make_page(source, np.random.default_rng((11, page)), f'{folder}/p', spell)
            out = subprocess.run([program, f'{folder}/p'], check=True, stdout=subprocess.PIPE, text=True).stdout
        for line in out.splitlines():
            cells = json.loads(line)
            if cells:
                combs.append((page, SETS[cells[0]['set']],
                              [(glyphs.CLASSES[cell['label']], cell['first'], cell['second']) for cell in cells]))
    return combs


def allowed(claims, name):
    kept = '' if name == 'mixed' else glyphs.CAPITALS if name == 'digits' else glyphs.DIGITS
    return {c: p for c, p in claims.items() if c == '' or c not in kept}


def pooled(first, second, powers):
    """What both claim together, as pooled() of second_opinion.cc; who was not asked has no say."""
    if not any(c for c in second):
        return first
    claims = {c: max(UNCLAIMED, first.get(c, 0)) ** powers[0] * max(UNCLAIMED, second.get(c, 0)) ** powers[1]
              for c in first.keys() | second.keys()}
    total = sum(claims.values())
    return {c: p / total for c, p in claims.items()}


def judged(combs, powers):
    """(mean log of what the right character got, share right, share sure, wrong of them, characters)"""
    loss = right = sure = wrong = count = 0
    for _, name, cells in combs:
        for label, first, second in cells:
            claims = pooled(allowed(first, name), allowed(second, name), powers)
            best = max(claims, key=claims.get)
            count += 1
            loss -= math.log(max(1e-9, claims.get(label, 0)))
            right += best == label
            sure += claims[best] >= SURE
            wrong += claims[best] >= SURE and best != label
    return loss / count, right / count, sure / count, wrong, count


class Letters:
    """letters.bin, as letter_model.cc reads it."""

    def __init__(self, path):
        with open(path, 'rb') as file:
            table = file.read()
        self.costs, at = [], 0
        for _ in range(5):
            count, = struct.unpack_from('<I', table, at)
            keys = struct.unpack_from(f'<{count}I', table, at + 4)
            at += 4 + 4 * count
            self.costs.append(dict(zip(keys, table[at:at + count])))
            at += count

    def log_share(self, word):
        total, context = 0.0, 0
        for symbol in [ord(c) - ord('A') + 1 for c in word] + [0]:
            for shorter in range(5):
                key = (context & ((1 << (6 * (4 - shorter))) - 1)) << 6 | symbol
                if key in self.costs[4 - shorter]:
                    total += max(-12.0, -0.9 * shorter - self.costs[4 - shorter][key] / 16)
                    break
            else:
                total -= 12.0
            context = (context << 6 | symbol) & ((1 << 24) - 1)
        return total


def fillings(cells, most=256):
    """[(word, probability)] of the likeliest ways to fill a comb."""
    best = [('', 1.0)]
    for claims in cells:
        best = sorted(((word + c, p * q) for word, p in best for c, q in claims.items() if q >= 1e-4), key=lambda w: -w[1])[:most]
    return best


def words_judged(combs, letters, power):
    """(mean log of what the right word got, share right, share sure, wrong of them, words)"""
    loss = right = sure = wrong = 0
    for _, name, cells in combs:
        claims = [pooled(allowed(first, name), allowed(second, name), SHIPPED[name]) for _, first, second in cells]
        ways = fillings([{c: p for c, p in each.items() if c} for each in claims])
        weights = [(word, p * math.exp(power * letters.log_share(word))) for word, p in ways]
        left = max(0.0, 1 - sum(p for _, p in ways))
        scale = (1 - left) / sum(w for _, w in weights)
        truth = ''.join(label for label, _, _ in cells)
        best, weight = max(weights, key=lambda w: w[1])
        got = sum(w for word, w in weights if word == truth) * scale
        loss -= math.log(max(1e-6, got))
        right += best == truth
        sure += weight * scale >= SURE
        wrong += weight * scale >= SURE and best != truth
    return loss / len(combs), right / len(combs), sure / len(combs), wrong, len(combs)


def print_row(what, figures):
    loss, right, sure, wrong, count = figures
    print(f'{what:34} {loss:.4f}  {right:.2%}  {sure:.1%}, {wrong} of {count}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data', nargs='?', default=os.environ.get('POSTKAMER_DATA', '.'))
    parser.add_argument('--pages', type=int, default=300)
    parser.add_argument('--combs', default=f'{HERE}/../../build/bench/bin/bench_combs', help='the program bench_combs')
    options = parser.parse_args()
    if not os.access(options.combs, os.X_OK):
        sys.exit(f'second_opinion: {options.combs} is not there; build it: cmake --workflow --preset bench')
    combs = read(options.data, options.combs, options.pages)
    print(f'{"characters: set, powers":34} loss    right   at {SURE}: share, wrong')
    for name in SETS:
        choosing = [comb for comb in combs if comb[1] == name and comb[0] % 2 == 0]
        others = [comb for comb in combs if comb[1] == name and comb[0] % 2 == 1]
        if not choosing or not others:
            sys.exit(f'second_opinion: no combs of {name} on {options.pages} pages; take more')
        best = min(GRID, key=lambda powers: judged(choosing, powers)[0])
        for what, powers in (('first alone', (1.0, 0.0)), ('chosen', best), ('shipped', SHIPPED[name])):
            print_row(f'{name}, {what} {powers[0]} {powers[1]}', judged(others, powers))
    words = [comb for comb in combs if comb[1] == 'capitals' and len(comb[2]) >= 4]
    letters = Letters(os.path.join(HERE, '..', 'lines', 'letters.bin'))
    for power in (0.0, 0.2, 0.3, 0.4, 0.5, 0.7):
        print_row(f'words, letters to the power {power}', words_judged(words, letters, power))


if __name__ == '__main__':
    main()
