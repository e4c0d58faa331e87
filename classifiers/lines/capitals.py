# SPDX-License-Identifier: EUPL-1.2
"""Lines of block capitals, put together from the characters of people."""
import os
import sys

import cv2
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'handprint'))
import glyphs  # noqa: E402
import texts  # noqa: E402


class Capitals:
    """Block capitals and digits of people: nist-capitals and mnist, by the hand that wrote them as far as that shows."""

    def __init__(self, folder, kept):
        def load(name):
            images = glyphs.read_idx(f'{folder}/{name}-images-idx3-ubyte.gz')
            return images, glyphs.read_idx(f'{folder}/{name}-labels-idx1-ubyte.gz').astype(int)
        capitals, labels = load('nist-capitals-az')
        labels = labels - labels.min()
        keep = (np.arange(len(capitals)) % 6 == 5) == kept
        digits, digit_labels = load('mnist-train')
        near = slice(55000, 60000) if kept else slice(0, 20000)
        self.glyphs = {}
        for character, images in [(texts.CAPITALS[c], capitals[keep & (labels == c)]) for c in range(26)] + \
                [(str(d), digits[near][digit_labels[near] == d]) for d in range(10)]:
            cut = [self.cut(image) for image in images]
            self.glyphs[character] = [(g, *self.manner(g)) for g in cut if g is not None]

    @staticmethod
    def cut(image):
        ys, xs = np.nonzero(image > 60)
        return image[ys.min():ys.max() + 1, xs.min():xs.max() + 1] if len(xs) > 10 else None

    @staticmethod
    def manner(glyph):
        """Slant and weight of the stroke."""
        m = cv2.moments(glyph)
        return m['mu11'] / max(1.0, m['mu02']), float(glyph.mean()) / 255

    def write(self, rng, text, height):
        slant, weight = rng.normal(0, 0.15), rng.uniform(0.25, 0.5)
        spacing, gap = rng.uniform(0.02, 0.3) * height, rng.uniform(0.4, 1.0) * height
        wobble, grow = rng.uniform(0, 0.06), rng.uniform(0.02, 0.1)
        fixed = {}
        placed, x = [], 4.0
        for c in text:
            if c == ' ':
                x += gap
                continue
            plain = PLAIN.get(c, c)
            if plain in self.glyphs:
                variants = fixed.setdefault(plain, self.variants(rng, plain, slant, weight))
                glyph = variants[int(rng.integers(len(variants)))]
                h = height * np.exp(rng.normal(0, grow))
                w = min(glyph.shape[1] / glyph.shape[0] * h, 1.25 * height)
                piece = cv2.resize(glyph, (max(3, round(w)), max(3, round(h))), interpolation=cv2.INTER_CUBIC)
                y = -h + rng.normal(0, wobble) * height
            else:
                piece, y = drawn_mark(rng, c, height)
            placed.append((piece, x, y))
            if plain != c:
                mark, my = accent(rng, c, height)
                placed.append((mark, x + piece.shape[1] / 2 - mark.shape[1] / 2, my))
            x += piece.shape[1] + spacing * np.exp(rng.normal(0, 0.3)) * (0.5 if plain not in self.glyphs else 1)
        return pasted(placed, x, height)

    def variants(self, rng, character, slant, weight):
        pool = self.glyphs[character]
        out = []
        for _ in range(int(rng.integers(1, 4))):
            few = [pool[int(rng.integers(len(pool)))] for _ in range(8)]
            out.append(min(few, key=lambda g: abs(g[1] + slant) + 0.6 * abs(g[2] - weight))[0])
        return out


PLAIN = {c: p for c, p in zip('ÀÁÂÄÇÈÉÊËÌÍÎÏÑÒÓÔÖÙÚÛÜ', 'AAAACEEEEIIIINOOOOUUUU')}


def stroke(points, size, width):
    out = np.zeros(size, np.uint8)
    cv2.polylines(out, [np.round(np.array(points) * 16).astype(np.int32).reshape(-1, 1, 2)], False, 255, max(1, round(width)),
                  cv2.LINE_AA, 4)
    return out


def accent(rng, c, height):
    """The mark above (below for a cedilla) of a capital: (picture, its top against the base line)."""
    w, pen = 0.5 * height, max(2.0, 0.09 * height)
    size = (round(0.3 * height) + 4, round(w) + 4)
    h = size[0] - 4
    if c in 'ÄËÏÖÜ':
        out = np.zeros(size, np.uint8)
        for x in (0.25 * w, 0.75 * w):
            cv2.circle(out, (round(x) + 2, h // 2 + 2), max(1, round(pen * 0.7)), 255, -1)
    elif c in 'ÀÈÌÒÙ':
        out = stroke([(2 + 0.3 * w, 3), (2 + 0.7 * w, h)], size, pen)
    elif c in 'ÁÉÍÓÚ':
        out = stroke([(2 + 0.7 * w, 3), (2 + 0.3 * w, h)], size, pen)
    elif c in 'ÂÊÎÔÛ':
        out = stroke([(2 + 0.2 * w, h), (2 + 0.5 * w, 3), (2 + 0.8 * w, h)], size, pen)
    elif c == 'Ñ':
        out = stroke([(2, h), (2 + 0.3 * w, 3), (2 + 0.7 * w, h), (2 + w, 3)], size, pen)
    else:
        return stroke([(2 + 0.5 * w, 2), (2 + 0.6 * w, 0.5 * h), (2 + 0.3 * w, h)], size, pen), -0.02 * height
    return out, -1.35 * height + rng.normal(0, 0.04) * height


def drawn_mark(rng, c, height):
    """Punctuation, drawn: (picture, its top against the base line). What is not known becomes a dot."""
    pen = max(2.0, rng.uniform(0.07, 0.13) * height)
    u = rng.uniform
    if c in "'\"":
        size = (round(0.32 * height) + 4, round((0.2 if c == "'" else 0.35) * height) + 4)
        out = stroke([(3 + u(0, 0.1) * height, 2), (3, size[0] - 3)], size, pen)
        if c == '"':
            out = np.maximum(out, stroke([(size[1] - 3, 2), (size[1] - 4, size[0] - 3)], size, pen))
        return out, -1.05 * height
    if c == '-':
        size = (round(0.14 * height) + 6, round(u(0.3, 0.55) * height) + 6)
        return stroke([(3, size[0] / 2 + u(-1, 1)), (size[1] - 3, size[0] / 2 + u(-1, 1))], size, pen), -0.55 * height
    if c == '_':
        size = (8, round(0.6 * height))
        return stroke([(2, 4), (size[1] - 2, 4)], size, pen), -2
    if c == ',':
        size = (round(0.3 * height) + 4, round(0.2 * height) + 4)
        return stroke([(size[1] - 3, 2), (size[1] - 4, 0.12 * height), (3, size[0] - 3)], size, pen), -0.1 * height
    size = (round(1.1 * height) + 4, round(0.55 * height) + 4)
    h, w = size[0] - 4, size[1] - 4
    if c == '/':
        return stroke([(w, 2), (2, h)], size, pen), -1.05 * height
    if c in '()':
        t = np.linspace(-1.2, 1.2, 9)
        curve = [((np.cos(v) if c == ')' else 1 - np.cos(v)) * 0.5 * w + 3, (np.sin(v) / 1.86 + 0.5) * h + 2) for v in t]
        return stroke(curve, size, pen), -1.05 * height
    if c == '+':
        return np.maximum(stroke([(2, h / 2), (w, h / 2)], size, pen), stroke([(w / 2, h * 0.2), (w / 2, h * 0.8)], size, pen)), -h
    r = max(1, round(pen * u(0.5, 0.8)))
    out = np.zeros((2 * r + 3, 2 * r + 3), np.uint8)
    cv2.circle(out, (r + 1, r + 1), r, 255, -1)
    return out, -2.0 * r


BLOCK_MARKS = " '-.,/()+_\""


def pasted(placed, width, height):
    """One picture of pieces (picture, left, top against the base line); and the row of the base line."""
    base = round(2.0 * height)
    out = np.zeros((round(3.2 * height), round(width) + 12), np.uint8)
    for piece, x, y in placed:
        top, left = max(0, base + round(y)), max(0, round(x))
        area = out[top:top + piece.shape[0], left:left + piece.shape[1]]
        np.maximum(area, piece[:area.shape[0], :area.shape[1]], out=area)
    return out, base
