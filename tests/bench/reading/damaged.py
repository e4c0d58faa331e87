#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""damaged.py SPLIT KIND OUT: the single documents of a split as a worse scanner or a longer journey would bring them.

Writes a split of the same layout to OUT, for read_split.py. Every page is damaged by its own seed (its file's name, its
number and the kind), so two runs give the same pictures. `damaged.py --list` tells the kinds. Batches are left out.
"""
import argparse
import fnmatch
import json
import os
import shutil
import sys
import tempfile
import zlib

import cv2
import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from pages import frames  # noqa: E402
from split import Split  # noqa: E402

DPI = 300  # of all damaged scans, but where a kind changes it
WHITE = 255


class Page:
    """A gray page (0 = ink), its dots an inch, and where its pixels came from: `map` takes px of the scan to px of this."""

    def __init__(self, gray, dpi):
        self.gray, self.dpi, self.map, self.turn, self.bilevel = gray, dpi, np.eye(3), 0.0, False

    @property
    def size(self):
        return self.gray.shape[1], self.gray.shape[0]

    def mm(self, length):
        return length * self.dpi / 25.4

    def warp(self, matrix, size, paper=WHITE):
        self.gray = cv2.warpPerspective(self.gray, matrix, size, borderValue=int(paper))
        self.map = matrix @ self.map


def skewed(page, rng):
    """Lies 4 to 9 degrees askew on the glass, larger than the page."""
    degrees = float(rng.uniform(4, 9) * rng.choice([-1, 1]))
    width, height = page.size
    turn = np.deg2rad(degrees)
    cos, sin = np.cos(turn), np.sin(turn)
    size = (int(width * cos + height * abs(sin)), int(height * cos + width * abs(sin)))
    matrix = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]])
    middle = matrix @ np.array([width / 2, height / 2, 1])
    matrix[:2, 2] = np.array(size) / 2 - middle[:2]
    page.warp(matrix, size, rng.choice([WHITE, 20]))
    page.turn += degrees


def scaled(page, rng):
    """Printed or scanned 3 % too small or too large."""
    scale = rng.choice([0.97, 1.03])
    page.warp(np.diag([scale, scale, 1.0]), page.size)


def coarse(page, rng):
    """200 dpi and black or white, by one threshold for the whole page."""
    scale = 200 / page.dpi
    page.gray = cv2.resize(page.gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    page.map = np.diag([scale, scale, 1.0]) @ page.map
    page.dpi, page.bilevel = 200, True
    paper = np.median(page.gray)
    page.gray = np.where(page.gray < paper * rng.uniform(0.6, 0.8), 0, WHITE).astype(np.uint8)


def faint(page, rng):
    """A pen or toner near its end: little contrast, and noise."""
    paper = float(np.median(page.gray))
    kept = rng.uniform(0.25, 0.4)
    noise = rng.normal(0, 5, page.gray.shape)
    page.gray = np.clip(paper - (paper - page.gray.astype(float)) * kept + noise, 0, WHITE).astype(np.uint8)


def blurred(page, rng):
    """Out of focus."""
    page.gray = cv2.GaussianBlur(page.gray, (0, 0), page.mm(rng.uniform(0.14, 0.22)))


def torn(page, rng):
    """One or two corners are gone, up to 6 cm along the edges."""
    width, height = page.size
    for corner in rng.choice(4, size=rng.integers(1, 3), replace=False):
        along, down = page.mm(rng.uniform(20, 60)), page.mm(rng.uniform(20, 60))
        edge = np.array([[0, 0], [along, 0], [along * 0.45, down * 0.6], [0, down]])
        edge[:, 0] = width - edge[:, 0] if corner & 1 else edge[:, 0]
        edge[:, 1] = height - edge[:, 1] if corner & 2 else edge[:, 1]
        cv2.fillPoly(page.gray, [edge.astype(np.int32)], int(rng.choice([WHITE, 10])))


def stamped(page, rng):
    """Two stamps on places of the page where they will."""
    width, height = page.size
    for _ in range(2):
        stamp = np.zeros((int(page.mm(25)), int(page.mm(65))), np.uint8)
        thick = int(page.mm(0.6))
        cv2.rectangle(stamp, (thick, thick), (stamp.shape[1] - thick, stamp.shape[0] - thick), WHITE, thick)
        for row, text in enumerate(('INGEKOMEN', f'{rng.integers(1, 29):02} MEI 2026')):
            cv2.putText(stamp, text, (int(page.mm(4)), int(page.mm(10 + 10 * row))), cv2.FONT_HERSHEY_DUPLEX,
                        page.mm(0.31), WHITE, thick)
        x, y = rng.uniform(0.05, 0.6) * width, rng.uniform(0.1, 0.85) * height
        matrix = cv2.getRotationMatrix2D((0, 0), rng.uniform(-15, 15), 1.0)
        matrix[:, 2] += x, y
        ink = cv2.warpAffine(stamp, matrix, page.size).astype(float) / WHITE
        worn = cv2.resize(rng.uniform(0.5, 1, (40, 30)), page.size)
        page.gray = (page.gray * (1 - ink * worn * rng.uniform(0.55, 0.9))).astype(np.uint8)


def folded(page, rng):
    """Folded twice across, dirty in the folds, the parts unevenly lit."""
    width, height = page.size
    light = np.ones((height, 1))
    for _ in range(2):
        row = int(rng.uniform(0.1, 0.9) * height)
        light[row:] *= rng.uniform(0.88, 1.0)
        wave = row + page.mm(0.4) * np.sin(np.linspace(0, rng.uniform(2, 9), width))
        line = np.stack([np.arange(width), wave], 1).astype(np.int32)
        shade = np.zeros_like(page.gray)
        cv2.polylines(shade, [line], False, WHITE, max(1, int(page.mm(rng.uniform(0.1, 0.3)))))
        page.gray = (page.gray * (1 - shade / WHITE * rng.uniform(0.2, 0.6))).astype(np.uint8)
    page.gray = (page.gray * light).astype(np.uint8)


def shown_through(page, rng):
    """Thin paper, written on at the back."""
    back = cv2.GaussianBlur(cv2.flip(page.gray, 1), (0, 0), page.mm(0.12)).astype(float)
    back = np.roll(back, (int(page.mm(7)), int(page.mm(4))), (0, 1))
    strength = rng.uniform(0.2, 0.35)
    page.gray = (page.gray * (1 - strength * (1 - back / np.median(back)).clip(0, 1))).astype(np.uint8)


def squeezed(page, rng):
    """JPEG of the lowest quality that is still used."""
    done, data = cv2.imencode('.jpg', page.gray, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(10, 22))])
    page.gray = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if done else page.gray


def spilled(page, rng):
    """Rings and splashes of coffee."""
    shade = np.zeros(page.gray.shape, np.float32)
    for _ in range(rng.integers(2, 5)):
        middle = tuple(int(v) for v in rng.uniform(0.1, 0.9, 2) * page.size)
        radius = int(page.mm(rng.uniform(15, 42)))
        cv2.circle(shade, middle, radius, 0.35, int(page.mm(rng.uniform(1, 3))))
        if rng.random() < 0.5:
            cv2.circle(shade, middle, radius, 0.12, -1)
        for _ in range(12):
            splash = tuple(int(v) for v in np.array(middle) + rng.normal(0, radius, 2))
            cv2.circle(shade, splash, int(page.mm(rng.uniform(0.2, 1.5))), 0.4, -1)
    page.gray = (page.gray * (1 - cv2.GaussianBlur(shade, (0, 0), page.mm(0.15)))).astype(np.uint8)


def streaked(page, rng):
    """Dust on the feeder's glass: dark and light lines down the whole page."""
    for _ in range(rng.integers(3, 7)):
        x = int(rng.uniform(0.05, 0.95) * page.size[0])
        wide = max(1, int(page.mm(rng.uniform(0.08, 0.25))))
        page.gray[:, x:x + wide] = rng.choice([40, 120, WHITE])


def marked(page, rng):
    """Bands of a highlighter over places where something stands."""
    width, height = page.size
    shade = np.zeros(page.gray.shape, np.uint8)
    for _ in range(rng.integers(3, 7)):
        x, y = int(rng.uniform(0.05, 0.7) * width), int(rng.uniform(0.1, 0.9) * height)
        end = x + int(page.mm(rng.uniform(20, 60))), y + int(page.mm(rng.uniform(-2, 2)))
        cv2.line(shade, (x, y), end, WHITE, int(page.mm(rng.uniform(4, 6))))
    page.gray = np.where(shade > 0, (page.gray * rng.uniform(0.6, 0.85)).astype(np.uint8), page.gray)


def cut_off(page, rng):
    """The feeder took 5 to 9 mm too little, at one side or two."""
    width, height = page.size
    left, right, top, bottom = (int(page.mm(rng.uniform(5, 9))) * int(rng.random() < 0.5) for _ in range(4))
    page.gray = page.gray[top:height - bottom, left:width - right].copy()
    page.map = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1.0]]) @ page.map


def copied(page, rng):
    """A copy of a copy: black or white, thickened, with specks."""
    seen = cv2.GaussianBlur(page.gray, (0, 0), page.mm(0.09))
    paper = np.median(seen)
    page.gray = np.where(seen < paper * rng.uniform(0.78, 0.88), 0, WHITE).astype(np.uint8)
    for _ in range(rng.integers(150, 500)):
        at = tuple(int(v) for v in rng.uniform(0, 1, 2) * page.size)
        cv2.circle(page.gray, at, int(page.mm(rng.uniform(0.04, 0.22))), 0, -1)
    page.bilevel = True


def photographed(page, rng):
    """From above at an angle, with a shadow, a little out of focus."""
    width, height = page.size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = (corners + rng.uniform(-0.03, 0.03, (4, 2)) * width).astype(np.float32)
    page.warp(cv2.getPerspectiveTransform(corners, seen).astype(float), page.size, 70)
    light = np.linspace(rng.uniform(0.5, 0.8), 1.0, width)[None, :]
    page.gray = cv2.GaussianBlur((page.gray * light).astype(np.uint8), (0, 0), page.mm(0.1))


KINDS = {f.__name__: f for f in (skewed, scaled, coarse, faint, blurred, torn, stamped, folded, shown_through, squeezed, spilled,
                                 streaked, marked, cut_off, copied, photographed)}


def pictures_of(path, into):
    """The page pictures of a scan, gray, in order: the scanner's own pixels, also of a PDF."""
    return [picture for frame in frames(path, into) for picture in cv2.imreadmulti(frame, flags=cv2.IMREAD_GRAYSCALE)[1]]


def write_scan(path, pages):
    """One TIFF of all pages: G4 for those in black and white, LZW for gray."""
    images = [Image.fromarray(page.gray) for page in pages]
    if pages[0].bilevel:
        images = [image.convert('1', dither=Image.Dither.NONE) for image in images]
    images[0].save(path, 'TIFF', save_all=True, append_images=images[1:], dpi=(pages[0].dpi,) * 2,
                   compression='group4' if pages[0].bilevel else 'tiff_lzw')


def as_written(truth, pages, file):
    """The truth of the damaged pages: where the blank's millimetres lie in them now."""
    for index, (told, page) in enumerate(zip(truth['pages'], pages)):
        told.update(file=file, page_index=index, dpi=page.dpi, mode='g4' if page.bilevel else 'gray_lzw')
        told['width_px'], told['height_px'] = page.size
        told['rotation_deg'] += page.turn
        if told.get('transform_mm_to_px'):
            told['transform_mm_to_px'] = (page.map @ np.array(told['transform_mm_to_px'])).tolist()
    return truth


def damage(split, entry, kind, out):
    truth = split.truth[entry['document']]
    with tempfile.TemporaryDirectory() as folder:
        pictures = [p for file in entry['files'] for p in pictures_of(os.path.join(split.folder, 'scans', file), folder)]
    pages = []
    for number, (picture, told) in enumerate(zip(pictures, truth['pages'])):
        rng = np.random.default_rng(zlib.crc32(f'{entry["document"]} {number} {kind}'.encode()))
        scale = DPI / told['dpi']
        page = Page(picture if scale == 1 else cv2.resize(picture, None, fx=scale, fy=scale), DPI)
        page.map = np.diag([scale, scale, 1.0])
        KINDS[kind](page, rng)
        pages.append(page)
    file = entry['document'] + '.tif'
    write_scan(os.path.join(out, 'scans', file), pages)
    with open(os.path.join(out, 'truth', entry['document'] + '.json'), 'w', encoding='utf-8') as written:
        json.dump(as_written(truth, pages, file), written, ensure_ascii=False)
    return {'document': entry['document'], 'files': [file]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('split', nargs='?', help='folder with forms/, scans/, truth/ and manifest.json')
    parser.add_argument('kind', nargs='?', choices=[*KINDS])
    parser.add_argument('out', nargs='?')
    parser.add_argument('--only', default='*', help="documents whose name fits this pattern, such as 'd000*'")
    parser.add_argument('--list', action='store_true', help='tell the kinds')
    options = parser.parse_args()
    if options.list:
        print('\n'.join(f'{name:14} {kind.__doc__}' for name, kind in KINDS.items()))
        return
    if not options.out:
        parser.error('SPLIT, KIND and OUT are needed')
    split = Split(options.split)
    shutil.rmtree(options.out, ignore_errors=True)
    for name in ('scans', 'truth'):
        os.makedirs(os.path.join(options.out, name))
    shutil.copytree(os.path.join(options.split, 'forms'), os.path.join(options.out, 'forms'))
    inputs = [damage(split, entry, options.kind, options.out) for entry in split.manifest['single_inputs']
              if fnmatch.fnmatch(entry['document'], options.only)]
    with open(os.path.join(options.out, 'manifest.json'), 'w', encoding='utf-8') as file:
        json.dump({'split': options.kind, 'single_inputs': inputs, 'batches': []}, file, indent=1)


if __name__ == '__main__':
    main()
