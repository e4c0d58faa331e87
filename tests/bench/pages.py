# SPDX-License-Identifier: EUPL-1.2
"""The pages that whole runs are compared on: sample scans at 300 dpi, as one PDF of scanner images.

Needs Debian's img2pdf and Pillow, which come with ocrmypdf, so programs that use it are run by /usr/bin/python3.
"""
import io
import json
import os
import subprocess
import sys

import img2pdf
from PIL import Image

import measure

JPEG_QUALITY = 80


def folder_of(seed, into):
    """The sample scans of another seed, made anew; those of the tree for None."""
    if seed is None:
        return measure.SAMPLES
    folder = os.path.join(into, f"seed-{seed}")
    made = subprocess.run([os.path.join(measure.BIN, "make_samples"), folder, "--seed", str(seed)],
                          capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(f"make_samples: exit {made.returncode}\n{made.stderr}")
    return folder


def documents(folder):
    """Paths of the single documents at 300 dpi."""
    with open(os.path.join(folder, "MANIFEST.json")) as file:
        entries = json.load(file)["files"]
    return [os.path.join(folder, entry["file"]) for entry in entries
            if entry["group"] in ("typed", "handfont", "letters") and "200 dpi" not in entry["shows"]]


def frames(path, into):
    """The page images of a scan, as files that Pillow opens."""
    if not path.endswith(".pdf"):
        return [path]
    stem = os.path.join(into, os.path.basename(path))
    subprocess.run(["pdfimages", "-all", path, stem], check=True)
    return sorted(os.path.join(into, name) for name in os.listdir(into)
                  if name.startswith(os.path.basename(path) + "-") and name.endswith((".jpg", ".png")))


def is_bilevel(path):
    with Image.open(path) as image:
        return image.mode == "1"


def gray_jpegs(path):
    """Every page of an image file as a gray JPEG."""
    pages = []
    with Image.open(path) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            page = io.BytesIO()
            image.convert("L").save(page, "JPEG", quality=JPEG_QUALITY, dpi=(300, 300))
            pages.append(page.getvalue())
    return pages


def g4_pdf(out, least, into):
    """One PDF of the G4 pages of single documents, their coding unchanged; how many pages."""
    images = []
    for seed in [None, *range(1, 10)]:
        images += [path for path in documents(folder_of(seed, into)) if path.endswith(".tif") and is_bilevel(path)]
        with open(out, "wb") as file:
            file.write(img2pdf.convert(images))
        if page_count(out) >= least:
            break
    return page_count(out)


def gray_pdf(out, least, into):
    """One PDF of gray JPEG pages, from what was scanned gray or in colour; how many pages."""
    images = []
    for seed in [None, *range(1, 10)]:
        for path in documents(folder_of(seed, into)):
            for frame in frames(path, into):
                if not is_bilevel(frame):
                    images += gray_jpegs(frame)
        if len(images) >= least:
            break
    with open(out, "wb") as file:
        file.write(img2pdf.convert(images))
    return page_count(out)


def page_count(pdf):
    return int(subprocess.run(["qpdf", "--show-npages", pdf], check=True, capture_output=True, text=True).stdout)
