#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""survey_forms.py [FOLDER] [--out OUT]: reads hand-filled questionnaires with the real program; boxes and combs against
their truth.

FOLDER is `survey-forms` of the measuring data: a blank, its layout in the XML of queXF, filled scans, and truth.json. The
layout becomes a form by `postkamer form import`. Goal: all 72 boxes of the choice questions right, marked, empty or
blotted out.
"""
import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

import cv2
import numpy as np

from split import edits

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
MM = 25.4 / 300  # the layout counts pixels of 300 dpi
# Type numbers of the layout.
CHOICE, LETTERS = "1", "3"
# Letters in the layout, numbers in the question.
NUMBERS = ("B4",)
# The truth names questions a little otherwise than the layout.
NAMES = {"A1_A": "A1a", "A1_B": "A1b", "B1_A": "B1a", "B1_B": "B1b", "B1_C": "B1c", "B2_A": "first_name",
         "B2_B": "surname", "B3O": "other_location", "B4": "B4_aud", "C1O": "other_language"}


def number(node, name):
    return float(node.findtext(name))


def box_of(node):
    left, top = number(node, "tlx"), number(node, "tly")
    return [left * MM, top * MM, (number(node, "brx") - left) * MM, (number(node, "bry") - top) * MM]


def around(boxes):
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    return [left, top, max(b[0] + b[2] for b in boxes) - left, max(b[1] + b[3] for b in boxes) - top]


def field_of(group, page):
    boxes = list(group.iter("box"))
    name = group.findtext("varname")
    field = {"name": NAMES.get(name, name).lower(), "label": group.findtext("label") or name, "page": page,
             "box_mm": around([box_of(box) for box in boxes]), "required": False, "office": False}
    if group.findtext("type") == CHOICE:
        options = [{"value": f"v{box.findtext('value')}", "label": box.findtext("label"), "box_mm": box_of(box)}
                   for box in boxes]
        return {**field, "type": "choice", "options": options}
    cells = [box_of(box) for box in boxes]
    return {**field, "type": "letters" if group.findtext("type") == LETTERS and name not in NUMBERS else "digits", "cells_mm": cells}


def blank_pages(pdf):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", "300", "-gray", "-png", pdf, f"{folder}/p"], check=True)
        return [cv2.imread(path, cv2.IMREAD_GRAYSCALE) for path in sorted(glob.glob(f"{folder}/p*.png"))]


def place_on(print_of, page):
    """Moves the layout's boxes onto the blank's print: the two count from different origins."""
    dark = (print_of < 128).astype(np.float32)
    outline = np.zeros_like(dark)
    nodes = list(page.iter("box"))
    for node in nodes:
        left, top, right, bottom = (int(number(node, name)) for name in ("tlx", "tly", "brx", "bry"))
        cv2.rectangle(outline, (left, top), (right, bottom), 1, 3)
    product = np.fft.irfft2(np.fft.rfft2(dark) * np.conj(np.fft.rfft2(outline)), dark.shape)
    near = np.full_like(product, -1.0)
    for ys in (slice(0, 100), slice(-100, None)):
        for xs in (slice(0, 100), slice(-100, None)):
            near[ys, xs] = product[ys, xs]
    dy, dx = np.unravel_index(int(near.argmax()), near.shape)
    dy, dx = (int(v) - (size if v > size // 2 else 0) for v, size in zip((dy, dx), near.shape))
    for node in nodes:
        for name, move in (("tlx", dx), ("brx", dx), ("tly", dy), ("bry", dy)):
            node.find(name).text = str(number(node, name) + move)


def layout_of(path, blank, size_mm):
    pages = list(tree.parse(path).getroot().iter("page"))
    for page, print_of in zip(pages, blank_pages(blank)):
        place_on(print_of, page)
    fields = [field_of(group, n) for n, page in enumerate(pages, 1) for group in page.iter("boxgroup")]
    return {"form": "vragenlijst", "version": "1", "title": "Vragenlijst", "organisation": "queXF",
            "page_size_mm": size_mm, "pages": len(pages), "barcodes": [], "fields": fields}


def call(command):
    done = subprocess.run(command, env={**os.environ, "OMP_THREAD_LIMIT": "1"}, stdout=subprocess.DEVNULL)
    if done.returncode not in (0, 3):
        sys.exit(f"{' '.join(command[:3])} ended with {done.returncode}")


def wanted_boxes(field, truth):
    """For each option: marked, empty or blotted out."""
    states = {}
    for option in field["options"]:
        if isinstance(truth, dict):
            states[option["value"]] = truth.get(option["label"], "") or "empty"
        else:
            states[option["value"]] = "cross" if option["label"] == truth else "empty"
    return states


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = os.environ.get("POSTKAMER_DATA", os.path.join(ROOT, "../shared/data"))
    parser.add_argument("folder", nargs="?", default=os.path.join(data, "survey-forms"))
    parser.add_argument("--out", default=os.path.join(ROOT, "build", "survey"))
    parser.add_argument("--bin", default=os.environ.get("POSTKAMER_BIN", os.path.join(ROOT, "build/release/bin")))
    options = parser.parse_args()
    if not os.path.isdir(options.folder):
        sys.exit(f"survey_forms: {options.folder} is not there; nothing measured")
    os.makedirs(options.out, exist_ok=True)
    layout = layout_of(os.path.join(options.folder, "test_original.xml"),
                       os.path.join(options.folder, "test_blank.pdf"), [2480 * MM, 3488 * MM])
    path = os.path.join(options.out, "layout.json")
    with open(path, "w") as file:
        json.dump(layout, file)
    program = os.path.join(options.bin, "postkamer")
    subprocess.run(["rm", "-rf", os.path.join(options.out, "forms"), os.path.join(options.out, "run")], check=True)
    call([program, "form", "import", path, os.path.join(options.folder, "test_blank.pdf"), "--out",
          os.path.join(options.out, "forms", "vragenlijst")])
    scans = sorted(glob.glob(os.path.join(options.folder, "filled", "*.pdf")))
    call([program, "run", *scans, "--forms", os.path.join(options.out, "forms"), "--out",
          os.path.join(options.out, "run")])
    with open(os.path.join(options.folder, "truth.json")) as file:
        truth = json.load(file)
    report(layout, truth, os.path.join(options.out, "run"))


def report(layout, truth, run):
    boxes = right = combs = combs_right = characters = wrong = 0
    for path in sorted(glob.glob(os.path.join(run, "**", "record.json"), recursive=True)):
        with open(path) as file:
            record = json.load(file)
        record = record.get("data", record)
        name = os.path.splitext(record["pages"][0]["file"])[0]
        read = record["fields"]
        for field in layout["fields"]:
            key = next(k for k in truth[name] if k.lower() == field["name"])
            wanted, got = truth[name][key], read.get(field["name"], {}).get("value")
            if field["type"] == "choice":
                chosen = got if isinstance(got, list) else [got]
                for option, state in wanted_boxes(field, wanted).items():
                    boxes += 1
                    good = (state == "cross") == (option in chosen)
                    right += good
                    if not good:
                        print(f"{name} {key} {option}: {state}, read {got}")
            else:
                combs += 1
                there, got = wanted.split(" (")[0], got or ""
                good = there == got
                combs_right += good
                characters += len(there)
                wrong += min(len(there), edits(there, got))
                if not good:
                    print(f"{name} {key}: {wanted!r}, read {got!r}")
    print(f"boxes of choice questions right: {right} of {boxes} (goal: all)")
    print(f"combs read to the letter: {combs_right} of {combs}; of their characters right: {characters - wrong} of {characters}")


if __name__ == "__main__":
    main()
