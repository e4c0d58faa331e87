# SPDX-License-Identifier: EUPL-1.2
"""Pages full of combs, blank and filled and scanned, from which `cut_combs` takes glyphs with the program's own eyes.

What a cell gives in real life is not a clean glyph: the form's lines were taken out of it, a side of a zero went with
them, a neighbour's stroke came in. Glyphs cut by the very code that reads forms teach the network just that."""
import os
import subprocess

import cv2
import numpy as np

import glyphs

DPI = 300.0
PX = DPI / 25.4  # px a mm
WIDTH, HEIGHT = 1488, 1240  # 126 x 105 mm: small, so that many styles come by


def draw_cells(rng, page, cells, style):
    """The print of one comb: boxes, a ladder, half-high ticks on a base line, or a base line alone."""
    thick = max(1, round(style['line_mm'] * PX))
    ink = style['gray']
    for x, y, w, h in cells:
        left, top, right, bottom = (round(v * PX) for v in (x, y, x + w, y + h))
        if style['kind'] in ('box', 'ladder'):
            cv2.rectangle(page, (left, top), (right, bottom), ink, thick)
        elif style['kind'] == 'tick':
            cv2.line(page, (left, bottom), (right, bottom), ink, thick)
            for at in (left, right):
                cv2.line(page, (at, bottom - round(style['tick'] * h * PX)), (at, bottom), ink, thick)
        else:
            cv2.line(page, (left + 2, bottom), (right - 2, bottom), ink, thick)


def comb_style(rng):
    kind = rng.choice(['box', 'ladder', 'tick', 'base'], p=[0.35, 0.4, 0.18, 0.07])
    return {'kind': kind, 'line_mm': rng.uniform(0.1, 0.45), 'gray': int(rng.choice([0, 40, 90, 130, 170])),
            'tick': rng.uniform(0.2, 0.7), 'gap': rng.uniform(0.2, 1.4) if kind == 'box' else 0.0}


def writer(rng):
    """What stays the same along one comb."""
    return {'typed': rng.random() < 0.15, 'size': rng.uniform(0.45, 0.95), 'wobble': rng.uniform(0.01, 0.10),
            'rise': rng.normal(0, 0.05), 'dark': rng.uniform(0.55, 1.0), 'alphabet': int(rng.integers(0, 3))}


def any_label(rng, hand):
    low, high = ((0, 10), (10, 36), (0, 36))[hand['alphabet']]
    return int(rng.integers(low, high))


def one_glyph(source, rng, hand, label):
    if hand['typed'] and len(source.print_by_class[label]):
        return source.fonts[rng.choice(source.print_by_class[label])], label
    canvas, label, printed = source.raw(rng, label)
    canvas = glyphs.bend(rng, canvas, 0.25 if printed else 0.8)
    return glyphs.thicken(rng, canvas, printed), label


def put(ink, canvas, cell, hand, rng):
    """Draws the glyph into its cell; gives what is really there, as it may run over the border."""
    ys, xs = np.nonzero(canvas >= 100)
    if len(xs) < 12:
        return False
    crop = canvas[ys.min():ys.max() + 1, xs.min():xs.max() + 1]
    x, y, w, h = (v * PX for v in cell)
    body = hand['size'] * h * np.exp(rng.normal(0, hand['wobble']))
    scale = min(body / crop.shape[0], 1.12 * w / crop.shape[1], 2.2)
    nw, nh = max(2, round(crop.shape[1] * scale)), max(4, round(crop.shape[0] * scale))
    small = cv2.resize(crop, (nw, nh), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    cx = x + w / 2 + rng.normal(0, hand['wobble']) * w
    cy = y + h / 2 + hand['rise'] * h + rng.normal(0, hand['wobble']) * h
    left, top = round(cx - nw / 2), round(cy - nh / 2)
    if left < 0 or top < 0 or left + nw > WIDTH or top + nh > HEIGHT:
        return False
    area = ink[top:top + nh, left:left + nw]
    np.maximum(area, (small * hand['dark']).astype(np.uint8), out=area)
    return True


def scanned(rng, page):
    """(picture, dpi, transform from page px, is_bilevel): turned a little, blurred, noisy, thresholded."""
    dpi = 200.0 if rng.random() < 0.3 else 300.0
    angle, scale = rng.uniform(-2.5, 2.5), dpi / DPI * rng.uniform(0.99, 1.01)
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), angle, scale)
    width, height = round(WIDTH * dpi / DPI * 1.06), round(HEIGHT * dpi / DPI * 1.06)
    matrix[0, 2] += width / 2 - WIDTH / 2 + rng.uniform(-6, 6)
    matrix[1, 2] += height / 2 - HEIGHT / 2 + rng.uniform(-6, 6)
    paper = rng.uniform(200, 250)
    soft = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.5, 1.6))
    picture = cv2.warpAffine(soft, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=255).astype(np.float32)
    picture = picture / 255 * (paper - 30) + 30
    picture += rng.normal(0, rng.uniform(1, 9), picture.shape)
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    bilevel = rng.random() < 0.65
    if bilevel:
        level = cv2.blur(picture, (41, 41)).astype(np.float32) - rng.uniform(14, 40)
        picture = np.where((picture < level) & (picture < paper - 12), 0, 255).astype(np.uint8)
    else:
        picture = cv2.imdecode(cv2.imencode('.jpg', picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 90))])[1],
                               cv2.IMREAD_GRAYSCALE)
    return picture, matrix, bilevel


def dirt(rng, ink):
    for _ in range(int(rng.integers(0, 25))):
        cv2.circle(ink, (int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT))), int(rng.integers(0, 3)), 255, -1)


def make_page(source, rng, stem, spell=None):
    """Writes STEM.blank.png, STEM.page.png and STEM.combs: a transform (mm to px, 9 numbers), whether it is bilevel,
    and for each comb its labels (-1: left empty) and cells in mm. `spell(rng, hand)` gives the labels of a comb that
    holds a word, nothing stands behind it; without it, or where it gives none, they are any of the hand's alphabet,
    and some cells stay empty."""
    blank = np.full((HEIGHT, WIDTH), 255, np.uint8)
    ink = np.zeros_like(blank)
    combs, y = [], rng.uniform(4, 8)
    while y < HEIGHT / PX - 14:
        style, hand = comb_style(rng), writer(rng)
        w, h = rng.uniform(4.0, 6.5), rng.uniform(5.0, 8.5)
        count = int(min(rng.integers(8, 22), (WIDTH / PX - 12) // (w + style['gap'])))
        cells = [(5 + i * (w + style['gap']), y, w, h) for i in range(count)]
        draw_cells(rng, blank, cells, style)
        wanted = spell(rng, hand) if spell else []
        labels = []
        for i, cell in enumerate(cells):
            label = -1
            is_written = i < len(wanted) if wanted else rng.random() < 0.9
            if is_written:
                canvas, drawn = one_glyph(source, rng, hand, wanted[i] if wanted else any_label(rng, hand))
                label = drawn if put(ink, canvas, cell, hand, rng) else -1
            labels.append(label)
        combs.append((labels, cells))
        y += h + rng.uniform(3.5, 7)
    dirt(rng, ink)
    page = np.minimum(blank, 255 - ink)
    picture, matrix, bilevel = scanned(rng, page)
    to_px = np.vstack([matrix, [0, 0, 1]]) @ np.diag([PX, PX, 1])
    to_px[:2, 2] += rng.normal(0, 0.05 * PX, 2)  # registration is good, not perfect
    cv2.imwrite(f'{stem}.blank.png', blank, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    cv2.imwrite(f'{stem}.page.png', picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    with open(f'{stem}.combs', 'w') as file:
        file.write(' '.join(f'{v:.6f}' for v in to_px.ravel()) + f' {int(bilevel)}\n')
        for labels, cells in combs:
            file.write(f'{len(cells)} ' + ' '.join(str(v) for v in labels) + ' '
                       + ' '.join(f'{v:.3f}' for cell in cells for v in cell) + '\n')


def cut(program, stems):
    """(pictures, labels) of all cells of the pages that hold ink; an empty cell with ink in it is "no character"."""
    raw = subprocess.run([program, *stems], check=True, stdout=subprocess.PIPE).stdout
    glyph = np.frombuffer(raw, np.uint8).reshape(-1, 1 + glyphs.SIDE ** 2)
    labels = np.where(glyph[:, 0] == 255, glyphs.OTHER, glyph[:, 0]).astype(np.int64)
    return glyph[:, 1:].reshape(-1, glyphs.SIDE, glyphs.SIDE), labels


def batch(source, rng, program, folder, pages):
    stems = [os.path.join(folder, f'p{i}') for i in range(pages)]
    for stem in stems:
        make_page(source, rng, stem)
    return cut(program, stems)
