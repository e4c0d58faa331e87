#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Forms by example: teaches form types from some of a folder's documents and measures the others.

The folder holds truth.csv (file, form, date_filed), the scans, and none-of-these/. Everything goes through
`postkamer form teach` and `postkamer form recognise`, which reads first pages with the stages of the workers, in one
process; --run takes `postkamer run` instead, whole documents, and looks into the records.
"""
import argparse
import collections
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

UNKNOWN = "unknown"


def form_id(form):
    return form.lower().replace(" ", "-")


class Data:
    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "truth.csv"), encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.forms = sorted({row["form"] for row in self.rows})
        others = os.path.join(folder, "none-of-these")
        self.others = sorted(os.path.join(others, name) for name in os.listdir(others))

    def path(self, row):
        return os.path.join(self.folder, row["file"])

    def halves(self, by, seed):
        """(taught, measured) paths of each form."""
        taught, measured = {}, {}
        chance = random.Random(seed)
        for form in self.forms:
            rows = sorted((row for row in self.rows if row["form"] == form), key=lambda row: row["file"])
            if by == "time":
                rows.sort(key=lambda row: row["date_filed"])
            else:
                chance.shuffle(rows)
            half = len(rows) // 2
            taught[form] = [self.path(row) for row in rows[:half]]
            measured[form] = [self.path(row) for row in rows[half:]]
        return taught, measured


class Postkamer:
    def __init__(self, args):
        self.program, self.words, self.whole_run = args.program, args.words, args.run
        self.environment = dict(os.environ, OMP_THREAD_LIMIT="1")

    def call(self, *arguments):
        done = subprocess.run([self.program, *arguments], env=self.environment, capture_output=True, text=True, check=False)
        if done.stderr:
            print(done.stderr.rstrip(), file=sys.stderr)
        return done

    def kept(self):
        return ["--words", self.words] if self.words else []

    def teach(self, forms, taught):
        for form, samples in taught.items():
            done = self.call("form", "teach", form_id(form), *samples, "--title", form, "--forms", forms, *self.kept())
            if done.returncode != 0:
                sys.exit(f"teaching {form} failed")

    def recognise(self, forms, files):
        """{path: (form or unknown, probability, coverage)}"""
        if self.whole_run:
            return self.recognise_by_run(forms, files)
        done = self.call("form", "recognise", *files, "--forms", forms, *self.kept())
        told = {}
        for line in done.stdout.splitlines():
            name, form, probability, coverage = line.split("\t")
            told[name] = (form, float(probability), float(coverage))
        return {path: told.get(os.path.basename(path), (UNKNOWN, 0.0, 0.0)) for path in files}

    def recognise_by_run(self, forms, files):
        with tempfile.TemporaryDirectory() as out:
            done = self.call("run", *files, "--forms", forms, "--out", out, "--quiet")
            if done.returncode != 0:
                sys.exit(f"the run ended with status {done.returncode}: nothing was measured")
            told = {}
            for folder, _, names in os.walk(out):
                if "record.json" not in names:
                    continue
                with open(os.path.join(folder, "record.json"), encoding="utf-8") as file:
                    record = json.load(file)
                form, page = record.get("form") or {}, record["pages"][0]
                if page.get("index", 0) == 0:
                    told[page["file"]] = (form.get("id") or UNKNOWN, form.get("probability", 0.0), 0.0)
        return {path: told.get(os.path.basename(path), (UNKNOWN, 0.0, 0.0)) for path in files}


def share(part, whole):
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "-"


def calibration(told, truth):
    """Expected calibration error of 'the likest form is right', ten bins."""
    bins = collections.defaultdict(list)
    for path, (_, probability, _) in told.items():
        right = told[path][0] == truth[path] if told[path][0] != UNKNOWN else False
        bins[min(9, int(10 * probability))].append((probability, right))
    total = sum(len(items) for items in bins.values())
    return sum(abs(sum(p for p, _ in items) - sum(r for _, r in items)) for items in bins.values()) / total


def measure(postkamer, data, taught, measured, others, verbose):
    """Prints one table: of each form right, rejected, wrong; of the others accepted."""
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as forms:
        postkamer.teach(forms, taught)
        truth = {path: form_id(form) for form, paths in measured.items() for path in paths}
        truth.update({path: UNKNOWN for path in others})
        told = postkamer.recognise(forms, list(truth))
    for form, paths in measured.items():
        got = collections.Counter("right" if told[path][0] == truth[path] else
                                  "rejected" if told[path][0] == UNKNOWN else "wrong" for path in paths)
        counts.update(got)
        print(f"  {form:24} taught {len(taught.get(form, [])):3}   right {share(got['right'], len(paths)):20}"
              f" rejected {got['rejected']:3}   wrong {got['wrong']:3}")
    accepted = sum(told[path][0] != UNKNOWN for path in others)
    whole = sum(counts.values())
    print(f"  {'all':24}              right {share(counts['right'], whole):20} rejected {counts['rejected']:3}"
          f"   wrong {counts['wrong']:3}   others accepted {share(accepted, len(others))}")
    print(f"  expected calibration error {calibration(told, truth):.4f}")
    for path, (form, probability, coverage) in sorted(told.items()):
        if verbose or form != truth[path]:
            print(f"    {os.path.basename(path)}: {truth[path]} -> {form}, probability {probability:.3f},"
                  f" coverage {coverage:.2f}")
    return counts, accepted


def one_left_out(postkamer, data, taught, everything):
    """Each form in turn is taught to nobody: its documents look alike and must stay unknown."""
    accepted, whole = 0, 0
    for left in data.forms:
        with tempfile.TemporaryDirectory() as forms:
            postkamer.teach(forms, {form: paths for form, paths in taught.items() if form != left})
            told = postkamer.recognise(forms, everything[left])
        wrong = {path: result for path, result in told.items() if result[0] != UNKNOWN}
        most = max(result[2] for result in told.values())
        print(f"  {left:24} untaught: accepted {share(len(wrong), len(told))}, highest coverage {most:.3f}")
        for path, (form, probability, coverage) in sorted(wrong.items()):
            print(f"    {os.path.basename(path)} -> {form}, probability {probability:.3f}, coverage {coverage:.2f}")
        accepted, whole = accepted + len(wrong), whole + len(told)
    print(f"  {'all':24} untaught: accepted {share(accepted, whole)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="folder with truth.csv, the scans and none-of-these/")
    parser.add_argument("--program", default="build/release/bin/postkamer")
    parser.add_argument("--words", default="", help="folder that keeps the words of pages between calls")
    parser.add_argument("--split", choices=["shuffle", "time"], default="shuffle",
                        help="which half is taught: a seeded shuffle of each form's, or its older half")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=int, default=0, help="teach only so many of the taught half; 0 = all")
    parser.add_argument("--swap", action="store_true", help="teach the other half")
    parser.add_argument("--left-out", action="store_true", help="also: each form in turn is not taught")
    parser.add_argument("--run", action="store_true", help="through `postkamer run`, whole documents")
    parser.add_argument("--verbose", action="store_true", help="a line for every document")
    args = parser.parse_args()
    if shutil.which(args.program) is None:
        sys.exit(f"no program {args.program}: build it, or name it with --program")
    data = Data(args.data)
    taught, measured = data.halves(args.split, args.seed)
    if args.swap:
        taught, measured = measured, taught
    if args.samples:
        taught = {form: paths[:args.samples] for form, paths in taught.items()}
    how = "its older half" if args.split == "time" else f"a half of it, shuffled with seed {args.seed}"
    print(f"Taught of each form: {how}{', the other half measured' if args.swap else ''}"
          f"{f', only {args.samples} of them' if args.samples else ''}")
    postkamer = Postkamer(args)
    measure(postkamer, data, taught, measured, data.others, args.verbose)
    if args.left_out:
        print("Look-alikes: a form of the same house that is not taught (measured half)")
        one_left_out(postkamer, data, taught, measured)


if __name__ == "__main__":
    main()
