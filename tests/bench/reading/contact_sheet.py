# SPDX-License-Identifier: EUPL-1.2
"""A picture of the worst reads: each cut from its scan, with what is there and what was read beneath."""
import os
import subprocess
import tempfile
import unicodedata

import cv2
import numpy as np

WIDTH, HEIGHT = 900, 130  # px of a cut
DPI = 200
MARGIN_MM = 2.0
COLUMNS = 2


def worst(rows, count):
    """Wrong fields: accepted ones first, then by stated probability."""
    wrong = [row for row in rows if not row["right"]]
    return sorted(wrong, key=lambda row: (not row["accepted"], -row["probability"]))[:count]


def scan_page(path, index, dpi):
    """Gray pixels of one page of a scan; None when it cannot be opened."""
    if path.lower().endswith(".pdf"):
        with tempfile.TemporaryDirectory() as folder:
            number = str(index + 1)
            subprocess.run(["pdftoppm", "-f", number, "-l", number, "-r", str(dpi), "-gray", "-singlefile", path,
                            os.path.join(folder, "page")], check=False)
            return cv2.imread(os.path.join(folder, "page.pgm"), cv2.IMREAD_GRAYSCALE)
    is_read, pages = cv2.imreadmulti(path, index, 1, flags=cv2.IMREAD_GRAYSCALE)
    return pages[0] if is_read and pages else cv2.imread(path, cv2.IMREAD_GRAYSCALE)


def cut(split, row):
    """The field upright at DPI, from the scan by its true place."""
    field = split.fields(row["form"])[row["field"]]
    page = split.truth[row["document"]]["pages"][field["page"] - 1]
    image = scan_page(os.path.join(split.folder, "scans", page["file"]), page["page_index"], page["dpi"])
    if image is None:
        return np.full((HEIGHT, WIDTH), 200, np.uint8)
    x, y, width, height = field["box_mm"]
    scale = DPI / 25.4
    size = (int((width + 2 * MARGIN_MM) * scale), int((height + 2 * MARGIN_MM) * scale))
    to_mm = np.array([[1 / scale, 0, x - MARGIN_MM], [0, 1 / scale, y - MARGIN_MM], [0, 0, 1]])
    to_px = np.array(page["transform_mm_to_px"]) @ to_mm
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpPerspective(image, to_px, size, flags=flags, borderValue=255)


def fitted(image):
    """Made smaller, never larger, and put on white."""
    factor = min(1.0, WIDTH / image.shape[1], HEIGHT / image.shape[0])
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    out = np.full((HEIGHT, WIDTH), 255, np.uint8)
    out[:small.shape[0], :small.shape[1]] = small
    return out


def plain(text):
    """What OpenCV's letters can show."""
    return unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode()[:70]


def tile(split, row):
    text = np.full((78, WIDTH), 255, np.uint8)
    heading = (f"{row['document']} {row['form']}.{row['field']} ({row['type']}, {'pen' if row['pen'] else 'typed'}, "
               f"p {row['probability']:.4f}{', ACCEPTED' if row['accepted'] else ''})")
    for i, words in enumerate((heading, f"there: {row['truth']}", f"read:  {row['read']}")):
        cv2.putText(text, plain(words), (4, 20 + 24 * i), cv2.FONT_HERSHEY_SIMPLEX, 0.58, 0, 1, cv2.LINE_AA)
    text[-2:, :] = 128
    return np.vstack([fitted(cut(split, row)), text])


def write(split, rows, path, count=30):
    """Writes a PNG with at most `count` worst reads; gives how many there are on it."""
    chosen = worst(rows, count)
    tiles = [tile(split, row) for row in chosen]
    if not tiles:
        return 0
    while len(tiles) % COLUMNS:
        tiles.append(np.full_like(tiles[0], 255))
    gap = np.full((tiles[0].shape[0], 12), 128, np.uint8)
    lines = [np.hstack([tiles[i], gap, tiles[i + 1]]) for i in range(0, len(tiles), COLUMNS)]
    if not cv2.imwrite(path, np.vstack(lines)):
        raise OSError(f"{path} cannot be written")
    return len(chosen)
