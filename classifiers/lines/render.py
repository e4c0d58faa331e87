# SPDX-License-Identifier: EUPL-1.2
"""Lines as a form's reader sees them: text in a hand, its ruled line taken away, scanned; and their normalised picture.

A line is ink on black (255 = ink) at 300 dpi while it is worked on. `normalised` gives the picture that the network
sees and does the same as line_picture.cc; the unit test holds the two together."""
import os

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

import capitals
import hands
import network
import texts

SIDE = network.SIDE
BODY = 32          # rows that the writing fills
SMALLEST_PX = 28   # writing lower than this (2.4 mm at 300 dpi) is not enlarged to the full body
OUTLIERS = 0.01    # share of the ink above and below that may stick out
LONGEST = 1600     # px, of the normalised picture
ORNATE = 0.15       # share of the written lines that an ornate hand writes


def normalised(picture):
    """`picture`: gray, 0 = ink, 300 dpi, one line. SIDE rows of uint8, 255 = ink; None when there is none."""
    ink = 255 - picture
    ink[ink < 32] = 0
    rows = ink.astype(np.float64).sum(1)
    total = rows.sum()
    if total < 255:
        return None
    run = np.cumsum(rows)
    top = int(np.searchsorted(run, OUTLIERS * total))
    bottom = int(np.searchsorted(run, (1 - OUTLIERS) * total)) + 1
    columns = np.nonzero((ink >= 128).any(0))[0]
    if len(columns) == 0:
        return None
    left, right = int(columns[0]), int(columns[-1]) + 1
    scale = BODY / max(bottom - top, SMALLEST_PX)
    half = SIDE / 2 / scale  # rows of the line to each side of its middle
    middle = (top + bottom) / 2
    first, last = int(np.floor(middle - half)), int(np.ceil(middle + half))
    cut = ink[max(0, first):max(0, last), left:right]
    cut = cv2.copyMakeBorder(cut, max(0, -first), last - first - cut.shape[0] - max(0, -first), 0, 0,
                             cv2.BORDER_CONSTANT, value=0)
    width = int(min(LONGEST, max(8, round((right - left) * scale))))
    small = cv2.resize(cut, (width, SIDE), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return cv2.copyMakeBorder(small, 0, 0, 6, 6 + width % 2, cv2.BORDER_CONSTANT, value=0)


def shape_of(font, character):
    image = Image.new('L', (120, 120))
    ImageDraw.Draw(image).text((30, 20), character, font=font, fill=255)
    return image.tobytes()


def loaded_fonts(folder, part):
    """(path, characters it draws) of part 'training', 'chosen' or 'measured'."""
    out = []
    for path in hands.font_files(folder):
        if hands.part_of(path) != part:
            continue
        try:
            font = ImageFont.truetype(path, 40)
            shapes = {c: shape_of(font, c) for c in texts.CLASSES + '\uffff'}
        except OSError:
            continue
        has = {c for c in texts.CLASSES if c == ' ' or shapes[c] not in (shapes['\uffff'], shapes[' '])}
        if len([c for c in has if c.isascii() and c.isalpha()]) == 52 and len({shapes[c] for c in 'abcdeg'}) == 6:
            out.append((path, has))
    return out


def typeset(rng, path, text, height, loose):
    """Text in a font whose capitals are `height` high; `loose` letters are set one by one, unevenly."""
    size = 40
    font = ImageFont.truetype(path, size)
    box = font.getbbox('HXK')
    size = int(np.clip(size * height / max(8, box[3] - box[1]), 10, 220))
    font = ImageFont.truetype(path, size)
    ascent, _ = font.getmetrics()
    if not loose:
        width = int(font.getlength(text)) + 3 * size
        image = Image.new('L', (width, 4 * size))
        ImageDraw.Draw(image).text((size, size), text, font=font, fill=255)
        return np.array(image), size + ascent
    wobble, grow, turn = rng.uniform(0, 0.05), rng.uniform(0, 0.06), rng.uniform(0, 4)
    spread = rng.uniform(-0.02, 0.1) * size
    width = int(font.getlength(text) + (len(text) + 1) * max(0, spread) * 1.6) + 4 * size
    out = np.zeros((4 * size, width), np.uint8)
    x = float(size)
    for i, c in enumerate(text):
        step = font.getlength(c)
        if c != ' ':
            image = Image.new('L', (int(step) + 2 * size, 3 * size))
            ImageDraw.Draw(image).text((size, size // 2), c, font=font, fill=255)
            piece = np.array(image)
            matrix = cv2.getRotationMatrix2D((size + step / 2, size // 2 + ascent), rng.normal(0, turn),
                                             float(np.exp(rng.normal(0, grow))))
            matrix[0, 2] += x % 1
            matrix[1, 2] += rng.normal(0, wobble) * size
            piece = cv2.warpAffine(piece, matrix, (piece.shape[1], piece.shape[0]))
            left, top = int(x) - size, size // 2
            area = out[top:top + piece.shape[0], left:left + piece.shape[1]]
            np.maximum(area, piece[:area.shape[0], :area.shape[1]], out=area)
        x += step * (1.0 if c != ' ' else rng.uniform(0.8, 1.6)) + spread * np.exp(rng.normal(0, 0.4))
    return out, size + ascent


def bend(rng, line, base, strength):
    """Slant, turn, stretch and a wave along the line, in one resampling; where the base line came to lie stays."""
    ys, xs = np.nonzero(line >= 64)
    if len(xs) == 0:
        return line, base
    x0, x1, y0, y1 = xs.min(), xs.max() + 1, ys.min(), ys.max() + 1
    line, base = line[y0:y1, x0:x1], base - y0
    h, w = line.shape
    slant, stretch = rng.normal(0, 0.16) * strength, np.exp(rng.normal(0, 0.14) * strength)
    turn = rng.normal(0, 0.008) * strength
    margin = int(0.35 * h + abs(slant) * h + 8)
    side = margin + int(abs(turn) * w * stretch)
    out_w, out_h = int(w * stretch) + 2 * margin, h + 2 * side
    gx, gy = np.meshgrid(np.arange(out_w, dtype=np.float32), np.arange(out_h, dtype=np.float32))
    v = gy - side - turn * (gx - out_w / 2)
    u = (gx - margin + slant * (v - base)) / np.float32(stretch)
    if rng.random() < 0.7:
        n = max(2, int(w / h) + 1)
        amount = rng.uniform(0.0, 0.045) * h * strength
        field = rng.normal(0, amount, (3, 2 * n, 2)).astype(np.float32)
        field = cv2.resize(field, (out_w, out_h), interpolation=cv2.INTER_CUBIC)
        u, v = u + field[..., 0], v + 0.8 * field[..., 1]
    return cv2.remap(line, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR), base + side


def inked(rng, line, height):
    """Thickness of the pen, and where it ran dry."""
    soft = cv2.GaussianBlur(line, (0, 0), rng.uniform(0.4, 0.035 * height + 0.6)).astype(np.float32)
    level = rng.uniform(0.22, 0.62) * 255
    sharp = rng.uniform(2.5, 6)
    out = np.clip((soft - level) * sharp + 128, 0, 255)
    if (out >= 128).sum() < 0.45 * (line >= 128).sum():
        out = line.astype(np.float32)
    kind = rng.random()
    if kind < 0.3:
        n = (max(2, line.shape[0] // 6), max(2, line.shape[1] // 6))
        texture = cv2.resize(rng.normal(1, rng.uniform(0.05, 0.4), n).astype(np.float32), (line.shape[1], line.shape[0]))
        out = out * np.clip(texture, 0.15, 1)
    return np.clip(out, 0, 255).astype(np.uint8)


def ruled(rng, ink, base, height):
    """The form's line under the writing, as it is after the print was taken away: bits of it that stayed, and what it
    took of the strokes that ran along it."""
    if rng.random() < 0.15:
        return ink
    y = int(base + rng.normal(0.1, 0.12) * height)
    thick = int(rng.integers(1, 5))
    if y < 2 or y + thick + 2 >= ink.shape[0]:
        return ink
    width = ink.shape[1]
    band = slice(y, y + thick)
    above, below = ink[y - 2:y].max(0) >= 100, ink[y + thick:y + thick + 2].max(0) >= 100
    crossed = above & below
    mode = rng.random()
    if mode < 0.5:  # strokes that only end on it lose that end
        gone = ~crossed & (rng.random(width) < rng.uniform(0.5, 1))
        ink[band, gone] = 0
    elif mode < 0.6:  # everything on it goes
        ink[band] = 0
    if rng.random() < 0.4:
        for _ in range(int(rng.integers(1, 5))):
            x = int(rng.integers(0, max(1, width - 8)))
            rows = slice(y, y + max(1, int(rng.integers(0, thick + 1))))
            ink[rows, x:x + int(rng.integers(3, 40))] = int(rng.uniform(120, 255))
    if rng.random() < 0.3:  # beside the strokes it stays a bit
        near = cv2.dilate((ink[band].max(0) >= 128).astype(np.uint8), np.ones((3, 1), np.uint8)).ravel() > 0
        grown = np.convolve(near, np.ones(int(rng.integers(3, 14))), 'same') > 0
        ink[y:y + max(1, thick - 1), grown] = np.maximum(ink[y:y + max(1, thick - 1), grown], 200)
    return ink


def intruded(rng, ink, base, height, other):
    """Strokes that are not of this line: specks, a streak, a neighbour's tails, remains of a label."""
    u = rng.random
    h, w = ink.shape
    if u() < 0.12:
        for _ in range(int(rng.integers(1, 4))):
            cv2.circle(ink, (int(rng.integers(0, w)), int(rng.integers(0, h))), int(rng.integers(0, 3)), 255, -1)
    if u() < 0.05:
        x = int(rng.integers(0, w))
        cv2.line(ink, (x, 0), (x + int(rng.integers(-2, 3)), h - 1), int(rng.uniform(120, 255)), int(rng.integers(1, 3)))
    if u() < 0.04:
        a, b = int(rng.integers(0, w)), int(rng.integers(0, h))
        cv2.line(ink, (a, b), (a + int(rng.integers(-60, 60)), b + int(rng.integers(-20, 20))), 200, 1)
    if other is not None and u() < 0.08:  # what hangs down from the line above, or stands up from the one below
        part = other[:, :w]
        rows = int(rng.uniform(0.05, 0.3) * height)
        if u() < 0.6:
            piece = part[-(rows + int(0.3 * height)):][:rows]
            top = max(0, int(base - 1.7 * height))
        else:
            piece = part[:rows]
            top = min(h - rows, int(base + 0.75 * height))
        area = ink[top:top + piece.shape[0], :piece.shape[1]]
        np.maximum(area, piece[:area.shape[0], :area.shape[1]], out=area)
    return ink


def noise(rng, shape, strength):
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(strength)


def scanned(rng, ink):
    """To gray, 0 = ink, as the reader hands it on: thresholded, or softly with white around the strokes."""
    h, w = ink.shape
    paper = ink.astype(np.float32) * rng.uniform(0.75, 1.0)
    if rng.random() < 0.3:
        small = cv2.resize(paper, (max(4, round(w / 1.5)), max(4, round(h / 1.5))), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 0.8)) + noise(rng, small.shape, rng.uniform(1, 22))
        bilevel = rng.random() < 0.6
        if bilevel:
            small = np.where(small >= rng.uniform(60, 160), 255.0, 0.0)
        paper = cv2.resize(small.astype(np.float32), (w, h), interpolation=cv2.INTER_LINEAR)
        if bilevel:
            paper = np.where(paper >= 128, 255.0, 0.0)
    else:
        paper = cv2.GaussianBlur(paper, (0, 0), rng.uniform(0.4, 1.3)) + noise(rng, paper.shape, rng.uniform(1, 24))
        bilevel = rng.random() < 0.55
        if bilevel:
            paper = np.where(paper >= rng.uniform(60, 160), 255.0, 0.0)
    paper = np.clip(paper, 0, 255).astype(np.uint8)
    near = cv2.dilate((paper >= 110).astype(np.uint8), np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(near, 8)
    keep = np.concatenate([[0], (stats[1:, cv2.CC_STAT_AREA] >= 24)]).astype(np.uint8)
    return 255 - paper * keep[labels]


class Lines:
    """Lines at random: (normalised picture, class numbers, text)."""

    def __init__(self, data, fonts, print_fonts, part):
        """`part` of the fonts; with 'training' the words and glyphs of training too."""
        kept = part != 'training'
        self.texts = texts.Texts(os.path.join(data, 'dutch-text'), kept)
        self.capitals = capitals.Capitals(os.path.join(data, 'handprint'), kept)
        written = loaded_fonts(fonts, part)
        self.fonts = [font for font in written if not hands.is_ornate(font[0])]
        self.ornate = [font for font in written if hands.is_ornate(font[0])]
        self.print = loaded_fonts(print_fonts, 'training')
        self.last = None

    def hand(self, rng):
        text = self.texts.draw(rng)
        height = float(np.exp(rng.uniform(np.log(20), np.log(72))))
        kind = rng.random()
        if kind < 0.33 and all(c in capitals.BLOCK_MARKS or c.isalnum() for c in text):
            text = text.upper()
            if all(c in capitals.BLOCK_MARKS or capitals.PLAIN.get(c, c) in self.capitals.glyphs for c in text):
                line, base = self.capitals.write(rng, text, height)
                return line, base, text, height, 0.8
        typed = kind > 0.93 and self.print
        pool = self.print if typed else self.ornate if self.ornate and rng.random() < ORNATE else self.fonts
        path, has = pool[int(rng.integers(len(pool)))]
        text = texts.cased(rng, text)
        if not all(c in has and c in texts.NUMBER for c in text):
            text = ''.join(c for c in text if c in has and c in texts.NUMBER).strip() or 'Ede'
        line, base = typeset(rng, path, text, height, not typed and rng.random() < 0.45)
        return line, base, text, height, 0.3 if typed else 1.0

    def scan(self, rng):
        """(picture, text): gray, 0 = ink, 300 dpi, as the form's reader cuts it."""
        while True:
            line, base, text, height, strength = self.hand(rng)
            line, base = bend(rng, line, base, strength)
            if line.shape[1] > 3000:
                continue
            ink = inked(rng, line, height)
            ink = ruled(rng, ink, base, height)
            ink = intruded(rng, ink, base, height, self.last)
            self.last = line
            return scanned(rng, ink), text

    def draw(self, rng):
        while True:
            scan, text = self.scan(rng)
            picture = normalised(scan)
            if picture is not None and picture.shape[1] >= 2.2 * len(text) + 8:
                return picture, [texts.NUMBER[c] for c in text], text
