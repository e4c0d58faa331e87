#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""text.py FOLDER: how well, and at what cost, unknown pages are read in full.

FOLDER holds pictures with their text beside them (a030.tiff, a030.txt), or is a split of the measuring data, of which
the foreign pages are taken: those have no text beside them, and only their CPU time is told. Runs `postkamer run` on
all of them and `tesseract IMAGE OUT pdf` on each, in the same languages, one thread each and on the same single core
(two that share memory and caches make each other slower, and only ours would keep two busy), and prints of both the
share of characters and words that are wrong (CER, WER) and the CPU time. Words that a line's end breaks are joined;
spaces, kinds of quotes and of dashes do not count.
"""
import argparse
import fnmatch
import glob
import os
import re
import resource
import shutil
import subprocess
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import predictions  # noqa: E402
import read_split  # noqa: E402
from split import Split  # noqa: E402

PICTURES = (".tif", ".tiff", ".png", ".jpg")
GOAL = 1.20  # CPU against tesseract's


def arguments(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--out", default=os.path.join(read_split.ROOT, "build", "reading-text"),
                        help="folder for what is made (default: build/reading-text)")
    parser.add_argument("--bin", default=read_split.BIN, help="folder of the programs")
    parser.add_argument("--languages", default="nld", help="of Tesseract, for both (default: nld)")
    parser.add_argument("--only", default="*", help="pictures whose name fits this pattern")
    return parser.parse_args()


def comparable(text):
    text = re.sub(r"-[ \t]*\n\s*", "", text)
    for kinds, one in (("\u2018\u2019\u201a`\u00b4", "'"), ("\u201c\u201d\u201e\u00ab\u00bb", '"'), ("\u2013\u2014\u2012", "-")):
        text = re.sub(f"[{kinds}]", one, text)
    return re.sub(r"\s+", " ", text).strip()


def edits(a, b):
    """Least number of items to change, add or leave out; rows of the table as arrays (Wagner and Fischer 1974)."""
    if not a or not b:
        return len(a) + len(b)
    numbers = {item: i for i, item in enumerate(set(a) | set(b))}
    right = np.array([numbers[item] for item in b])
    steps = np.arange(len(b) + 1)
    row = steps.copy()
    for i, item in enumerate(a, 1):
        best = np.minimum(row[1:] + 1, row[:-1] + (right != numbers[item]))
        # Adding items of b goes along the row: a running minimum once the steps are taken off.
        row = np.minimum.accumulate(np.concatenate(([i], best)) - steps) + steps
    return int(row[-1])


def cpu(command):
    """CPU seconds of a command with all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env={**os.environ, "OMP_THREAD_LIMIT": "1"}, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 3):
        sys.exit(f"{' '.join(command[:2])} ended with {done.returncode}: {done.stderr[-500:]}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def pictures_of(folder, only):
    """Pictures that Tesseract can open too."""
    if os.path.exists(os.path.join(folder, "manifest.json")):
        split = Split(folder)
        found = [os.path.join(folder, "scans", file) for file, documents in split.inputs()
                 if all(split.is_foreign(document) for document in documents)]
    else:
        found = glob.glob(os.path.join(folder, "*"))
    return sorted(path for path in found if path.lower().endswith(PICTURES)
                  and fnmatch.fnmatch(os.path.basename(path), only))


def truths_of(pictures):
    truths = {}
    for path in pictures:
        text = os.path.splitext(path)[0] + ".txt"
        if os.path.exists(text):
            with open(text, encoding="utf-8", errors="replace") as file:
                truths[os.path.basename(path)] = comparable(file.read())
    return truths


def settings_file(options):
    path = read_split.settings_file(options.out, 1)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(re.sub(r'^languages = "[^"]*"', f'languages = "{options.languages}"', text, flags=re.MULTILINE))
    return path


def run_ours(options, pictures, out):
    """CPU seconds of `postkamer run`, which leaves its records in `out`."""
    shutil.rmtree(out, ignore_errors=True)
    return cpu([os.path.join(options.bin, "postkamer"), "--config", settings_file(options), "run", *pictures,
                "--out", out, "--json"])


def read_by_us(options, pictures):
    """(CPU seconds, {picture's name: text})."""
    out = os.path.join(options.out, "run")
    seconds = run_ours(options, pictures, out)
    texts = {}
    for record in predictions.records_of(out):
        name = record["pages"][0]["file"]
        texts[name] = texts.get(name, "") + "\n" + record.get("fullText", "")
    return seconds, texts


def read_by_tesseract(options, pictures):
    seconds, texts = 0.0, {}
    for picture in pictures:
        base = os.path.join(options.out, "tesseract")
        seconds += cpu(["tesseract", picture, base, "-l", options.languages, "pdf", "txt"])
        with open(base + ".txt", encoding="utf-8") as file:
            texts[os.path.basename(picture)] = file.read()
    return seconds, texts


def errors(truths, texts):
    """(share of characters wrong, share of words wrong)."""
    characters = words = wrong_characters = wrong_words = 0
    for name, truth in truths.items():
        got = comparable(texts.get(name, ""))
        characters += len(truth)
        words += len(truth.split())
        wrong_characters += edits(truth, got)
        wrong_words += edits(truth.split(), got.split())
    return wrong_characters / characters, wrong_words / words


def main():
    options = arguments(__doc__)
    pictures = pictures_of(options.folder, options.only)
    if not pictures:
        sys.exit(f"no pictures of unknown pages in {options.folder}")
    os.makedirs(options.out, exist_ok=True)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    truths = truths_of(pictures)
    ours, our_texts = read_by_us(options, pictures)
    theirs, their_texts = read_by_tesseract(options, pictures)
    print(f"{len(pictures)} files, languages {options.languages}")
    for name, seconds, texts in (("postkamer run", ours, our_texts), ("tesseract IMAGE OUT pdf", theirs, their_texts)):
        wrong = ""
        if truths:
            characters, words = errors(truths, texts)
            wrong = f"CER {100 * characters:6.2f} %   WER {100 * words:6.2f} %   "
        print(f"  {name:26} {wrong}CPU {seconds / len(pictures):6.2f} s a file")
    ratio = ours / theirs
    print(f"  CPU against tesseract      {100 * ratio:.0f} %   goal under {100 * GOAL:.0f} %"
          f"{'' if ratio < GOAL else '   MISSED'}")


if __name__ == "__main__":
    main()
