#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Reads a split of the measuring data with the real program and tells how well.

Imports the split's forms with `postkamer form import`, runs `postkamer run` on its scans, and prints figures beside
their goals. OUT gets forms/, run/ (records and documents), predictions.json, figures.txt, contact.png (the worst
reads) and, with --details, wrong.jsonl and fields.jsonl: a line a wrong field, a line a field.
"""
import argparse
import fnmatch
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, HERE)

import figures  # noqa: E402
import predictions as prediction  # noqa: E402
import rows  # noqa: E402
import word_lists  # noqa: E402
from split import Split  # noqa: E402

BIN = os.environ.get("POSTKAMER_BIN", os.path.join(ROOT, "build/release/bin"))
KINDS = ["decode", "deskew", "classify", "extract", "ocr", "archive"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("split", help="folder with forms/, scans/, truth/ and manifest.json")
    parser.add_argument("--out", default=os.path.join(ROOT, "build", "reading"),
                        help="folder for what is made (default: build/reading)")
    parser.add_argument("--bin", default=BIN, help="folder of the programs (default: POSTKAMER_BIN, else build/release/bin)")
    parser.add_argument("--only", help="documents or files whose name fits this pattern, such as 'd000*'")
    parser.add_argument("--workers", type=int, default=2, help="processes of each kind (default: 2)")
    parser.add_argument("--lexica", metavar="DUTCH_TEXT", help="read places and surnames with lists made of this folder")
    parser.add_argument("--received", help="date of receipt, yyyy-mm-dd (default: today)")
    parser.add_argument("--details", action="store_true", help="write wrong.jsonl, a line a wrong field")
    parser.add_argument("--worst", type=int, default=30, help="reads on the contact sheet (default: 30)")
    parser.add_argument("--again", action="store_true", help="no new run: figures of the run that OUT holds")
    return parser.parse_args()


def call(command):
    """Runs a program; its own messages say what is wrong."""
    done = subprocess.run(command, env={**os.environ, "OMP_THREAD_LIMIT": "1"})
    if done.returncode not in (0, 3):
        sys.exit(f"{' '.join(command[:3])} ended with {done.returncode}")


def import_forms(options):
    forms = os.path.join(options.out, "forms")
    shutil.rmtree(forms, ignore_errors=True)
    for layout in sorted(glob.glob(os.path.join(options.split, "forms", "*", "layout.json"))):
        folder = os.path.dirname(layout)
        call([os.path.join(options.bin, "postkamer"), "form", "import", layout, os.path.join(folder, "blank.pdf"),
              "--out", os.path.join(forms, os.path.basename(folder))])
    if options.lexica:
        word_lists.name_lists(forms)
    return forms


def settings_file(out, workers, lexica=None):
    """The settings that ship, with the number of workers and the lists asked for, beside what they name by relative paths."""
    config = os.path.join(os.environ.get("POSTKAMER_ROOT", ROOT), "config")
    folder = os.path.join(out, "config")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name in os.listdir(config):
        if name != "postkamer.toml":
            os.symlink(os.path.abspath(os.path.join(config, name)), os.path.join(folder, name))
    with open(os.path.join(config, "postkamer.toml"), encoding="utf-8") as file:
        text = file.read()
    for kind in KINDS:
        text = re.sub(rf"^{kind} = \d+", f"{kind} = {workers}", text, flags=re.MULTILINE)
    if lexica:
        lists = word_lists.write_lists(lexica, os.path.join(out, "lists"))
        text = re.sub(r"^\[lexica\].*$", lambda _: lists, text, flags=re.MULTILINE)
    path = os.path.join(folder, "postkamer.toml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def chosen(split, pattern):
    """(files to read, documents in them)."""
    files, documents = [], set()
    for file, inside in split.inputs():
        names = [file, *inside]
        if pattern is None or any(fnmatch.fnmatch(name, pattern) for name in names):
            files.append(os.path.join(split.folder, "scans", file))
            documents.update(inside)
    if not files:
        sys.exit(f"no file or document of the split fits {pattern}")
    return files, documents


def run(options, files):
    out = os.path.join(options.out, "run")
    shutil.rmtree(out, ignore_errors=True)
    settings = settings_file(options.out, options.workers, options.lexica)
    command = [os.path.join(options.bin, "postkamer"), "--config", settings, "run", *files,
               "--forms", import_forms(options), "--out", out, "--quiet", "--json"]
    if options.received:
        command += ["--received", options.received]
    start = time.monotonic()
    with open(os.path.join(options.out, "run.json"), "w", encoding="utf-8") as file:
        done = subprocess.run(command, stdout=file)
    if done.returncode not in (0, 3):
        sys.exit(f"postkamer run ended with {done.returncode}")
    print(f"{len(files)} files read in {time.monotonic() - start:.0f} s")


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1, ensure_ascii=False)


def main():
    options = arguments()
    split = Split(options.split)
    files, documents = chosen(split, options.only)
    split.truth = {name: truth for name, truth in split.truth.items() if name in documents}
    split.batches = {name: batch for name, batch in split.batches.items()
                     if batch["documents"][0]["document"] in documents}
    os.makedirs(options.out, exist_ok=True)
    if not options.again:
        run(options, files)
    predicted = prediction.predictions(prediction.records_of(os.path.join(options.out, "run")), split.manifest,
                                       prediction.lists_in(options.split))
    write_json(os.path.join(options.out, "predictions.json"), predicted)
    fields, pages = rows.field_rows(split, predicted), rows.page_rows(split, predicted)
    if options.details:
        for name, wanted in (("wrong.jsonl", lambda row: not row["right"]), ("fields.jsonl", lambda row: True)):
            with open(os.path.join(options.out, name), "w", encoding="utf-8") as file:
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in filter(wanted, fields))
    text = figures.report(split, predicted, fields, pages)
    with open(os.path.join(options.out, "figures.txt"), "w", encoding="utf-8") as file:
        file.write(text + "\n")
    print(text)
    try:
        import contact_sheet  # pylint: disable=import-outside-toplevel
    except ImportError as missing:
        print(f"no contact sheet: {missing}; config/install-packages bench")
        return
    count = contact_sheet.write(split, fields, os.path.join(options.out, "contact.png"), options.worst)
    print(f"worst reads: {count} on {os.path.join(options.out, 'contact.png')}")


if __name__ == "__main__":
    main()
