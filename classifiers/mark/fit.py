#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Fits the logistic steps of the mark and signature readers.

    bench_zones FOLDER --no-text --features FEATURES.tsv
    fit.py FEATURES.tsv

Documents are parted in two halves by name: coefficients come from the first half, the figures that
are printed from the second. Standard library only."""
import math
import sys


def fit(rows, labels, prior=0.004, steps=60):
    """Newton's method; `prior` pulls the slopes to zero so that parted classes stay finite."""
    n = len(rows[0]) + 1
    w = [0.0] * n
    for _ in range(steps):
        g = [-prior * v * (i > 0) for i, v in enumerate(w)]
        h = [[prior * (i == j) * (i > 0) + 1e-9 * (i == j) for j in range(n)] for i in range(n)]
        for row, label in zip(rows, labels):
            x = [1.0] + row
            p = 1 / (1 + math.exp(-max(-30, min(30, sum(a * b for a, b in zip(w, x))))))
            for i in range(n):
                g[i] += (label - p) * x[i]
                for j in range(n):
                    h[i][j] += p * (1 - p) * x[i] * x[j]
        d = solve(h, g)
        w = [a + max(-2, min(2, b)) for a, b in zip(w, d)]
    return w


def solve(a, b):
    a = [row[:] + [v] for row, v in zip(a, b)]
    n = len(b)
    for i in range(n):
        k = max(range(i, n), key=lambda r: abs(a[r][i]))
        a[i], a[k] = a[k], a[i]
        for r in range(n):
            if r != i:
                f = a[r][i] / a[i][i]
                a[r] = [x - f * y for x, y in zip(a[r], a[i])]
    return [a[i][n] / a[i][i] for i in range(n)]


def judge(name, w, rows, labels):
    right = 0
    loss = 0.0
    for row, label in zip(rows, labels):
        p = 1 / (1 + math.exp(-(w[0] + sum(a * b for a, b in zip(w[1:], row)))))
        right += (p >= 0.5) == (label == 1)
        loss -= math.log(max(1e-9, p if label else 1 - p))
    coefficients = ', '.join(f'{v:.2f}' for v in w)
    print(f'{name}: {coefficients}; other half: {right} of {len(rows)} right, loss {loss / len(rows):.4f}')


def main():
    lines = [line.rstrip('\n').split('\t') for line in open(sys.argv[1])]
    first = [int(line[1][1:]) % 2 == 0 for line in lines]

    def run(name, keep, row_of, positive):
        halves = []
        for half in (True, False):
            chosen = [line for line, f in zip(lines, first) if f == half and keep(line)]
            halves.append(([row_of(line) for line in chosen], [int(line[4] == positive) for line in chosen]))
        judge(name, fit(*halves[0]), *halves[1])

    run('marked, log10(inside + 0.02)', lambda l: l[0] == 'mark' and l[4] != 'blotted',
        lambda l: [math.log10(float(l[2]) + 0.02)], 'marked')
    run('blotted, ring share', lambda l: l[0] == 'mark' and l[4] != 'empty', lambda l: [float(l[3])], 'blotted')
    run('signature, log10(ink + 0.05), log10(longest + 0.3)', lambda l: l[0] == 'signature',
        lambda l: [math.log10(float(l[2]) + 0.05), math.log10(float(l[3]) + 0.3)], 'present')


if __name__ == '__main__':
    main()
