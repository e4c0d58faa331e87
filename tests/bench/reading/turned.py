#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""turned.py FOLDER: are unknown pages that lie sideways or upside down read the right way up?

Takes the pictures that text.py takes, turns each by 0, 90, 180 and 270 degrees, and runs `postkamer run` on all. Pages
that lie upright in FOLDER are expected; one on which no word is found has no way up and does not count.
"""
import glob
import os
import shutil
import sys

import cv2

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import predictions  # noqa: E402
import text  # noqa: E402

TURNS = {0: None, 90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def write_turned(pictures, folder):
    """Every picture's first page in four ways up, as NAME.DEGREES.png."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for path in pictures:
        page = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
        if page is None:
            sys.exit(f"{path}: OpenCV cannot open it")
        for degrees, code in TURNS.items():
            name = f"{os.path.splitext(os.path.basename(path))[0]}.{degrees}.png"
            cv2.imwrite(os.path.join(folder, name), page if code is None else cv2.rotate(page, code))


def main():
    options = text.arguments(__doc__)
    pictures = text.pictures_of(options.folder, options.only)
    if not pictures:
        sys.exit(f"no pictures of unknown pages in {options.folder}")
    folder, out = os.path.join(options.out, "turned"), os.path.join(options.out, "turned-run")
    write_turned(pictures, folder)
    text.run_ours(options, sorted(glob.glob(os.path.join(folder, "*.png"))), out)
    right = {degrees: 0 for degrees in TURNS}
    seen = {degrees: 0 for degrees in TURNS}
    wrong = []
    for record in predictions.records_of(out):
        if not record.get("fullText", "").strip():
            continue
        for page in record["pages"]:
            name, degrees = page["file"].rsplit(".", 2)[:2]
            degrees = int(degrees)
            seen[degrees] += 1
            if (page["turnDegrees"] + degrees) % 360 == 0:
                right[degrees] += 1
            else:
                wrong.append(f"{name} lies at {degrees}, turned by {page['turnDegrees']}")
    print(f"{len(pictures)} pages in four ways up; of {4 * len(pictures)}, words are found on {sum(seen.values())}")
    for degrees in TURNS:
        print(f"  turned by {degrees:3} degrees: {right[degrees]} of {seen[degrees]} turned back")
    for line in wrong:
        print(f"  WRONG {line}")


if __name__ == "__main__":
    main()
