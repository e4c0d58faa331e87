# SPDX-License-Identifier: EUPL-1.2
"""Glyphs for training the handprint model: sources, augmentation, normalisation.

Every glyph is ink on black (0 = paper, 255 = ink) while it is being worked on; `normalise` gives the
28x28 picture that the network sees and does the same as normalise.cc, which the unit test checks
with the golden file that `train.py --golden` writes."""
import glob
import gzip
import os

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

DIGITS = '0123456789'
CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
CLASSES = DIGITS + CAPITALS  # class 36 is "no character"
OTHER = len(CLASSES)

SIDE = 28          # side of the normalised picture
BODY = 20          # longest side of the ink in it
SMALLEST_MM = 2.0  # ink smaller than this is not enlarged to the full body

# Printed, typewriter and handwriting families; what is not installed is left out.
FONT_NAMES = ('DejaVuSans', 'DejaVuSansMono', 'DejaVuSerif', 'LiberationSans', 'LiberationMono',
              'LiberationSerif', 'LiberationSansNarrow', 'Breip', 'breip', 'dkg', 'femkeklaver', 'Klee', 'ComicNeue',
              'Humor', 'Because', 'Courier', 'GNUTypewriter', 'Inconsolata', 'monof', 'Fantasque', 'FreeMono',
              'FreeSans', 'Carlito', 'OpenSans', 'Lato-', 'NimbusMono', 'NimbusSans')
PEN_FONTS = ('reip', 'dkg', 'emkeklaver', 'Klee', 'ComicNeue', 'Humor', 'monof', 'Because')
NO_LETTERS = ('Symbol', 'Dingbat', 'Condensed', 'Hairline')


def read_idx(path):
    with gzip.open(path, 'rb') as file:
        data = file.read()
    dims = data[3]
    shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], 'big') for i in range(dims)]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dims).reshape(shape)


def normalise(ink, dpi):
    """28x28 uint8, 255 = ink: cropped, aspect kept, centre of mass in the middle."""
    out = np.zeros((SIDE, SIDE), np.uint8)
    ys, xs = np.nonzero(ink >= 128)
    if len(xs) == 0:
        return out
    x0, x1, y0, y1 = xs.min(), xs.max() + 1, ys.min(), ys.max() + 1
    crop = ink[y0:y1, x0:x1]
    w, h = x1 - x0, y1 - y0
    scale = min(BODY / max(w, h), BODY / (SMALLEST_MM * dpi / 25.4))
    nw, nh = max(1, int(w * scale + 0.5)), max(1, int(h * scale + 0.5))
    small = cv2.resize(crop, (int(nw), int(nh)),
                       interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    mass = small.astype(np.float64)
    total = mass.sum()
    if total == 0:
        return out
    cx = (mass.sum(0) * np.arange(nw)).sum() / total + 0.5
    cy = (mass.sum(1) * np.arange(nh)).sum() / total + 0.5
    left = int(np.clip(np.floor(SIDE / 2 - cx + 0.5), 0, SIDE - nw))
    top = int(np.clip(np.floor(SIDE / 2 - cy + 0.5), 0, SIDE - nh))
    out[top:top + nh, left:left + nw] = small
    return out


CANVAS = 96
GRID_Y, GRID_X = np.meshgrid(np.arange(CANVAS, dtype=np.float32),
                             np.arange(CANVAS, dtype=np.float32), indexing='ij')


def font_files():
    files = []
    for root in ('/usr/share/fonts', os.environ.get('POSTKAMER_FONTS', '/usr/local/share/fonts')):
        for kind in ('ttf', 'otf', 'TTF'):
            files += glob.glob(f'{root}/**/*.{kind}', recursive=True)
    keep, names = [], set()
    for file in sorted(files):
        name = os.path.basename(file)
        if name in names:
            continue
        names.add(name)
        if any(n in name for n in FONT_NAMES) and not any(n in name for n in NO_LETTERS):
            keep.append(file)
    return keep


def font_glyphs():
    """(pictures, labels, is_pen) of every class in every font."""
    pictures, labels, pens = [], [], []
    for file in font_files():
        pen = any(n in file for n in PEN_FONTS)
        try:
            font = ImageFont.truetype(file, 64)
        except OSError:
            continue
        shapes = set()
        rendered = []
        for label, character in enumerate(CLASSES):
            image = Image.new('L', (200, 200))
            ImageDraw.Draw(image).text((60, 50), character, font=font, fill=255)
            box = image.getbbox()
            if box is None:
                break
            glyph = np.asarray(image.crop(box))
            shapes.add(glyph.tobytes())
            rendered.append((glyph, label))
        if len(shapes) < 34:  # a font without some of the letters draws boxes
            continue
        for glyph, label in rendered:
            pictures.append(fit(glyph, 60))
            labels.append(label)
            pens.append(pen)
    return pictures, np.array(labels), np.array(pens)


def fit(glyph, body):
    """The glyph on the working canvas, longest side `body`."""
    h, w = glyph.shape
    scale = body / max(h, w)
    nw, nh = max(1, round(w * scale)), max(1, round(h * scale))
    small = cv2.resize(glyph, (nw, nh), interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    out = np.zeros((CANVAS, CANVAS), np.uint8)
    top, left = (CANVAS - nh) // 2, (CANVAS - nw) // 2
    out[top:top + nh, left:left + nw] = small
    return out


def strokes(rng, points, width):
    """A poly-line through points given in a 1x1 box, slightly bent, on the working canvas."""
    out = np.zeros((CANVAS, CANVAS), np.uint8)
    for line in points:
        line = np.array(line, np.float64) + rng.normal(0, 0.02, (len(line), 2))
        dense = []
        for a, b in zip(line[:-1], line[1:]):
            bend = rng.normal(0, 0.03, 2)
            for t in np.linspace(0, 1, 8):
                dense.append(a + (b - a) * t + bend * 4 * t * (1 - t))
        dense = np.round((np.array(dense) * 60 + 18) * 16).astype(np.int32)
        cv2.polylines(out, [dense.reshape(-1, 1, 2)], False, 255, width, cv2.LINE_AA, 4)
    return out


def european(rng):
    """A drawn character in the way Dutch hands write it; (picture, label)."""
    width = int(rng.integers(3, 9))
    u = rng.uniform
    kind = rng.integers(0, 9)
    if kind <= 1:  # 1 with a long upstroke, with or without foot
        top = u(0.45, 0.75)
        lines = [[(top - u(0.15, 0.5), u(0.2, 0.6)), (top, 0), (top - u(-0.05, 0.1), 1)]]
        if u() < 0.3:
            lines.append([(top - 0.25, 1), (top + 0.25, 1)])
        return strokes(rng, lines, width), 1
    if kind == 2:  # 1 as a single stroke
        return strokes(rng, [[(0.5 + u(-0.1, 0.15), 0), (0.5 - u(-0.05, 0.15), 1)]], width), 1
    if kind <= 4:  # 7 with a crossbar, sometimes with a hook at the left
        right, foot = u(0.65, 0.95), u(0.2, 0.5)
        lines = [[(u(0.02, 0.2), u(0, 0.12)), (right, 0), (foot, 1)]]
        if u() < 0.3:
            lines[0].insert(0, (lines[0][0][0], lines[0][0][1] + u(0.08, 0.2)))
        if u() < 0.75:
            y = u(0.42, 0.62)
            x = right + (foot - right) * y
            lines.append([(x - u(0.15, 0.35), y + u(-0.03, 0.06)), (x + u(0.12, 0.35), y - u(-0.03, 0.06))])
        return strokes(rng, lines, width), 7
    if kind == 5:  # open 4
        x = u(0.55, 0.75)
        return strokes(rng, [[(u(0.2, 0.45), 0), (u(0.02, 0.15), u(0.5, 0.68)), (u(0.85, 1), u(0.5, 0.65))],
                             [(x, u(0.1, 0.4)), (x - u(-0.03, 0.1), 1)]], width), 4
    if kind == 6:  # Z with a bar
        return strokes(rng, [[(0.08, 0), (0.9, 0), (0.08, 1), (0.95, 1)],
                             [(u(0.2, 0.35), 0.5), (u(0.65, 0.8), 0.5)]], width), 10 + 25
    lines = [[(0.5, 0), (0.5 - u(-0.05, 0.05), 1)]]  # I with serifs, or without
    if u() < 0.7:
        lines += [[(0.2, 0), (0.8, 0)], [(0.2, 1), (0.8, 1)]]
    return strokes(rng, lines, width), 10 + 8


def bend(rng, canvas, strength):
    """Slant, turn, stretch and elastic bending in one resampling."""
    slant = rng.normal(0, 0.18) * strength
    angle = rng.normal(0, 0.07) * strength
    sx = np.exp(rng.normal(0, 0.14 * strength))
    sy = np.exp(rng.normal(0, 0.10 * strength))
    c, s = np.cos(angle), np.sin(angle)
    m = np.array([[c, -s], [s, c]]) @ np.array([[1, slant], [0, 1]]) @ np.diag([sx, sy])
    inv = np.linalg.inv(m).astype(np.float32)
    half = CANVAS / 2
    dx, dy = GRID_X - half, GRID_Y - half
    map_x = inv[0, 0] * dx + inv[0, 1] * dy + half
    map_y = inv[1, 0] * dx + inv[1, 1] * dy + half
    if rng.random() < 0.7:
        amount = rng.uniform(0.5, 4.2) * strength
        n = int(rng.integers(4, 7))
        field = rng.normal(0, amount, (n, n, 2)).astype(np.float32)
        field = cv2.resize(field, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
        map_x = map_x + field[..., 0]
        map_y = map_y + field[..., 1]
    return cv2.remap(canvas, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_LINEAR)


KERNEL = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))


def coarsen(rng, canvas):
    """As a coarse scanner or a fax saw it: small loops close, corners grow round."""
    side = int(rng.integers(15, 30))
    return cv2.resize(cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA), (CANVAS, CANVAS),
                      interpolation=cv2.INTER_CUBIC)


def thicken(rng, canvas, printed):
    choice = rng.random()
    if choice < 0.25:
        thin = cv2.erode(canvas, KERNEL, iterations=1 if printed else int(rng.integers(1, 3)))
        if (thin >= 128).sum() > 0.25 * (canvas >= 128).sum():
            return thin
    elif choice < 0.55:
        return cv2.dilate(canvas, KERNEL, iterations=int(rng.integers(1, 3 if printed else 4)))
    return canvas


def scan(rng, canvas):
    """To the size it has on a scan; gives bilevel ink and the resolution."""
    dpi = 300.0
    body_mm = rng.uniform(2.2, 6.0)
    ys, xs = np.nonzero(canvas >= 128)
    if len(xs) == 0:
        return canvas, dpi
    body = max(ys.max() - ys.min(), xs.max() - xs.min()) + 1
    native = rng.choice([120.0, 200.0, 300.0], p=[0.1, 0.25, 0.65])
    scale = body_mm * native / 25.4 / body
    size = max(8, round(CANVAS * scale))
    small = cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 1.1))
    noise = np.empty(small.shape, np.int16)
    cv2.setRNGSeed(int(rng.integers(1 << 30)))
    cv2.randn(noise, 0, rng.uniform(2, 26))
    level = rng.uniform(70, 170)
    page = ((small.astype(np.int16) + noise) >= level).astype(np.uint8) * 255
    if native < dpi:
        page = cv2.resize(page, None, fx=dpi / native, fy=dpi / native, interpolation=cv2.INTER_LINEAR)
        page = (page >= 128).astype(np.uint8) * 255
    return page, dpi


def intrude(rng, page, other):
    """Remains of the cell's lines, a neighbour's stroke, specks, gaps where a line was taken away."""
    ys, xs = np.nonzero(page)
    if len(xs) == 0:
        return page
    page = np.pad(page, 12)
    x0, x1, y0, y1 = xs.min() + 12, xs.max() + 12, ys.min() + 12, ys.max() + 12
    h, w = y1 - y0 + 1, x1 - x0 + 1
    u = rng.random
    if u() < 0.16:  # line remains
        for _ in range(int(rng.integers(1, 3))):
            thick = int(rng.integers(1, 3))
            if u() < 0.6:
                x = int(x0 - rng.integers(0, 9) if u() < 0.5 else x1 + rng.integers(0, 9))
                a = int(rng.uniform(y0 - 8, y1))
                cv2.line(page, (x, a), (x, a + int(rng.uniform(3, 0.7 * h + 4))), 255, thick)
            else:
                y = int(y0 - rng.integers(0, 9) if u() < 0.4 else y1 + rng.integers(0, 9))
                a = int(rng.uniform(x0 - 8, x1))
                cv2.line(page, (a, y), (a + int(rng.uniform(3, 0.7 * w + 4)), y), 255, thick)
    if other is not None and u() < 0.14:  # a neighbour's stroke
        oys, oxs = np.nonzero(other)
        if len(oxs):
            piece = other[oys.min():oys.max() + 1, oxs.min():oxs.max() + 1]
            take = int(min(piece.shape[1], rng.integers(2, 9)))
            left = u() < 0.5
            piece = piece[:, -take:] if left else piece[:, :take]
            ph = min(piece.shape[0], page.shape[0] - 2)
            top = int(np.clip(y0 + rng.normal(0, 6) + (h - ph) / 2, 0, page.shape[0] - ph))
            at = int(max(0, x0 - rng.integers(0, 5) - take) if left
                     else min(page.shape[1] - take, x1 + rng.integers(1, 6)))
            area = page[top:top + ph, at:at + take]
            np.maximum(area, piece[:ph, :area.shape[1]], out=area)
    if u() < 0.12:  # specks
        for _ in range(int(rng.integers(1, 4))):
            cv2.circle(page, (int(rng.uniform(2, page.shape[1] - 2)), int(rng.uniform(2, page.shape[0] - 2))),
                       int(rng.integers(0, 2)), 255, -1)
    if u() < 0.14:  # a gap
        thick = int(rng.integers(1, 4))
        if u() < 0.5:
            y = int(rng.uniform(y0, y1))
            page[y:y + thick] = 0
        else:
            x = int(rng.uniform(x0, x1))
            page[:, x:x + thick] = 0
    if u() < 0.12:  # cut off at the cell
        cut = int(rng.uniform(0.03, 0.12) * h) + 1
        side = rng.integers(0, 4)
        if side == 0:
            page[:y0 + cut] = 0
        elif side == 1:
            page[y1 - cut:] = 0
        elif side == 2:
            page[:, :x0 + cut // 2] = 0
        else:
            page[:, x1 - cut // 2:] = 0
    return page


SHORT = 14  # px at 300 dpi; an upright line longer than this may be a 1 or an I


def nothing(rng, piece):
    """What lies in a cell without a character: lines, specks, neighbours' ends, blots, dashes."""
    page = np.zeros((70, 60), np.uint8)
    kind = rng.integers(0, 7)
    u = rng.uniform
    if kind == 0:
        for _ in range(int(rng.integers(1, 4))):
            cv2.circle(page, (int(u(2, 58)), int(u(2, 68))), int(rng.integers(0, 4)), 255, -1)
    elif kind == 1:
        for _ in range(int(rng.integers(1, 3))):
            x, y = (int(u(0, 8)) if u() < 0.5 else int(u(52, 59))), int(u(0, 40))
            cv2.line(page, (x, y), (x + int(u(-1, 2)), y + int(u(4, SHORT))), 255, int(rng.integers(1, 4)))
    elif kind == 2:
        y = int(u(0, 6)) if u() < 0.4 else int(u(60, 69))
        x = int(u(0, 30))
        cv2.line(page, (x, y), (x + int(u(4, 50)), y + int(u(-1, 2))), 255, int(rng.integers(1, 4)))
    elif kind == 3 and piece is not None:
        ys, xs = np.nonzero(piece)
        if len(xs):
            part = piece[ys.min():ys.max() + 1, xs.min():xs.max() + 1]
            take = max(1, int(part.shape[1] * u(0.04, 0.2)))
            part = part[:int(u(8, 30))] if u() < 0.5 else part[-int(u(8, 30)):]
            page = np.pad(part[:, :take] if u() < 0.5 else part[:, -take:], 6)
    elif kind == 4:  # a blot over what was written
        n = int(rng.integers(12, 30))  # fewer strokes could still be a letter
        points = np.stack([rng.uniform(8, 52, n), rng.uniform(8, 62, n)], 1).astype(np.int32)
        cv2.polylines(page, [points.reshape(-1, 1, 2)], False, 255, int(rng.integers(6, 14)))
    elif kind == 5:  # a dash
        x, y = int(u(8, 25)), int(u(25, 45))
        cv2.line(page, (x, y), (x + int(u(10, 26)), y + int(u(-3, 4))), 255, int(rng.integers(3, 8)))
    else:
        for _ in range(int(rng.integers(1, 3))):
            x, y = int(u(4, 56)), int(u(4, 66))
            cv2.line(page, (x, y), (x + int(u(-9, 9)), y + int(u(-9, 9))), 255, int(rng.integers(1, 4)))
    return page


class Source:
    """Glyphs of every kind, drawn at random and augmented."""

    def __init__(self, folder, held_out):
        digits = read_idx(f'{folder}/mnist-train-images-idx3-ubyte.gz')
        digit_labels = read_idx(f'{folder}/mnist-train-labels-idx1-ubyte.gz').astype(int)
        capitals = read_idx(f'{folder}/nist-capitals-az-images-idx3-ubyte.gz')
        capital_labels = read_idx(f'{folder}/nist-capitals-az-labels-idx1-ubyte.gz').astype(int)
        capital_labels = capital_labels - capital_labels.min()
        hold_digits = np.arange(len(digits)) >= 55000
        hold_capitals = np.arange(len(capitals)) % 6 == 5
        take_digits = hold_digits if held_out else ~hold_digits
        take_capitals = hold_capitals if held_out else ~hold_capitals
        self.digits, self.digit_labels = digits[take_digits], digit_labels[take_digits]
        self.capitals, self.capital_labels = capitals[take_capitals], capital_labels[take_capitals]
        self.by_capital = [np.nonzero(self.capital_labels == c)[0] for c in range(26)]
        self.by_digit = [np.nonzero(self.digit_labels == c)[0] for c in range(10)]
        self.fonts, self.font_labels, self.font_is_pen = font_glyphs()
        pen = np.nonzero(self.font_is_pen)[0]
        self.pen_by_class = [pen[self.font_labels[pen] == c] for c in range(OTHER)]
        self.print_by_class = [np.nonzero(~self.font_is_pen & (self.font_labels == c))[0] for c in range(OTHER)]

    def raw(self, rng, label=None):
        """(canvas, label, printed) before augmentation."""
        if label is None:
            label = int(rng.integers(0, 10)) if rng.random() < 0.42 else 10 + int(rng.integers(0, 26))
        kind = rng.random()
        if kind < 0.07:
            canvas, drawn = european(rng)
            return canvas, drawn, False
        if kind < 0.21 and len(self.print_by_class[label]):
            return self.fonts[rng.choice(self.print_by_class[label])], label, True
        pen_share = 0.29 if label < 10 else 0.38
        if kind < pen_share and len(self.pen_by_class[label]):
            return self.fonts[rng.choice(self.pen_by_class[label])], label, False
        if label < 10:
            glyph = self.digits[rng.choice(self.by_digit[label])]
        else:
            glyph = self.capitals[rng.choice(self.by_capital[label - 10])]
        return cv2.resize(glyph, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC), label, False

    def sample(self, rng):
        """(28x28 picture, label) as a comb cell of a scanned form would give it."""
        if rng.random() < 0.05:
            canvas, _, _ = self.raw(rng)
            return normalise(nothing(rng, scan(rng, canvas)[0]), 300.0), OTHER
        canvas, label, printed = self.raw(rng)
        canvas = bend(rng, canvas, 0.25 if printed else 1.0)
        canvas = thicken(rng, canvas, printed)
        if not printed and rng.random() < 0.15:
            canvas = coarsen(rng, canvas)
        page, dpi = scan(rng, canvas)
        other = scan(rng, self.raw(rng)[0])[0] if rng.random() < 0.14 else None
        page = intrude(rng, page, page if other is None else other)
        picture = normalise(page, dpi)
        return (picture, label) if (picture >= 128).sum() >= 6 else (picture, OTHER)

    def batch(self, rng, count):
        pictures = np.empty((count, SIDE, SIDE), np.uint8)
        labels = np.empty(count, np.int64)
        for i in range(count):
            pictures[i], labels[i] = self.sample(rng)
        return pictures, labels
