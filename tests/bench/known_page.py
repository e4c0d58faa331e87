#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""known_page.py [--files N] [--no-text]: pages of known forms, from raw page to record and searchable PDF.

CPU of all processes of an idle mailroom, each page's archive copy included, against `tesseract IMAGE OUT pdf` on
the same page images in the same run, both on the same single core; then the text layer against that of `ocrmypdf` and
against what is known to stand on the page. The pages are N files, spread over all single documents of twin-dev that
hold a known form at 300 dpi. Starting the mailroom and loading its models is not counted; the peer loads its model
once a file.

Text is compared word by word, in any order: equal words first, then the nearest, and what is left over counts in
full; changed characters by characters of the reference.
"""
import argparse
import collections
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

import img2pdf

import measure

FORMS = ("kwijtschelding", "parkeervergunning", "verhuizing")


def import_forms(twin, folder):
    for name in FORMS:
        source = os.path.join(twin, "forms", name)
        subprocess.run([measure.POSTKAMER, "form", "import", os.path.join(source, "layout.json"),
                        os.path.join(source, "blank.pdf"), "--out", os.path.join(folder, name, "1")],
                       check=True, stderr=subprocess.DEVNULL)
    return folder


def inputs(twin, count):
    """[(path, truth)] of files that hold a whole document of a known form, evenly spread."""
    found = []
    for file in sorted(glob.glob(os.path.join(twin, "truth", "d*.json"))):
        with open(file) as text:
            truth = json.load(text)
        files = {page["file"] for page in truth["pages"]}
        if truth["form"] in FORMS and not truth["batch"] and len(files) == 1 and truth["pages"][0]["dpi"] == 300:
            found.append((os.path.join(twin, "scans", files.pop()), truth))
    return found[::max(1, len(found) // count)][:count]


def page_images(path, folder):
    """The page images as files that Tesseract opens; a TIFF is one with all its pages."""
    if not path.endswith(".pdf"):
        return [path]
    stem = os.path.join(folder, "page")
    subprocess.run(["pdfimages", "-all", path, stem], check=True)
    return sorted(glob.glob(stem + "-*"))


def tesseract(path, folder):
    """CPU seconds of `tesseract IMAGE OUT pdf` over the file's page images."""
    return sum(measure.timed(["tesseract", image, os.path.join(folder, "out"), "-l", "nld", "pdf"])[1]
               for image in page_images(path, folder))


def mailroom_cpu(files, forms):
    """{path: CPU seconds by program from the file to its archive copy}."""
    used = {}
    with measure.Mailroom(forms=forms) as mailroom:
        for n, (path, _) in enumerate(files[:3]):  # caches and models are warm in a mailroom
            mailroom.drop(path, f"warm-{n}-{os.path.basename(path)}")
        mailroom.wait_until_finished([f"warm-{n}-{os.path.basename(path)}" for n, (path, _) in enumerate(files[:3])])
        for path, _ in files:
            before = mailroom.cpu_seconds()
            mailroom.drop(path, os.path.basename(path))
            mailroom.wait_until_finished([os.path.basename(path)])
            after = mailroom.cpu_seconds()
            used[path] = {program: after[program] - before[program] for program in after}
    return used


def text_of(pdf):
    text = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, text=True, check=True).stdout
    return words_of(text)


def words_of(text):
    """Words made comparable: quotes and dashes of one kind, and nothing that holds no letter or digit."""
    text = text.translate(str.maketrans("‘’“”–—", "''\"\"--"))
    return [word for word in text.split() if re.search(r"\w", word)]


def own_texts(files, forms, folder):
    """{file name: words of its document's archive copy}."""
    out = os.path.join(folder, "own")
    config = measure.write_config(folder, forms=forms)
    subprocess.run([measure.POSTKAMER, "--config", config, "run", "--quiet", "--out", out] + [p for p, _ in files],
                   env=measure.ONE_THREAD, check=True, capture_output=True)
    texts = {}
    for record in glob.glob(os.path.join(out, "documents", "*", "record.json")):
        with open(record) as text:
            name = json.load(text)["pages"][0]["file"]
        texts.setdefault(name, []).extend(text_of(os.path.join(os.path.dirname(record), "document.pdf")))
    return texts


def ocrmypdf_text(path, folder):
    pdf = path
    if not path.endswith(".pdf"):
        pdf = os.path.join(folder, "in.pdf")
        with open(pdf, "wb") as file:
            file.write(img2pdf.convert(path))
    out = os.path.join(folder, "ocr.pdf")
    done = subprocess.run(["ocrmypdf", "--jobs", "1", "-l", "nld", "--rotate-pages", "--deskew", "--output-type", "pdf",
                           pdf, out], env=measure.ONE_THREAD, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"ocrmypdf: exit {done.returncode}\n{done.stderr}")
    return text_of(out)


def true_text(twin, truth):
    """What stands on the paper: the blank's words and what was written (stamps and signatures are not told)."""
    words = text_of(os.path.join(twin, "forms", truth["form"], "blank.pdf"))
    for value in truth["fields"].values():
        if isinstance(value, str) and re.search(r"\w", value):
            words += words_of(value)
    return words


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def difference(words, reference):
    """(characters to change, characters of the reference), words in any order."""
    ours, theirs = collections.Counter(words), collections.Counter(reference)
    left, missing = list((ours - theirs).elements()), list((theirs - ours).elements())
    pairs = sorted((edit_distance(a, b), i, j) for i, a in enumerate(left) for j, b in enumerate(missing)
                   if abs(len(a) - len(b)) < max(len(a), len(b)))
    changed, used_left, used_missing = 0, set(), set()
    for distance, i, j in pairs:
        if i in used_left or j in used_missing or distance >= max(len(left[i]), len(missing[j])):
            continue
        used_left.add(i), used_missing.add(j)
        changed += distance
    changed += sum(len(word) for i, word in enumerate(left) if i not in used_left)
    changed += sum(len(word) for j, word in enumerate(missing) if j not in used_missing)
    return changed, sum(map(len, reference))


def rate(pairs):
    return sum(changed for changed, _ in pairs) / max(1, sum(size for _, size in pairs))


def measure_cpu(files, forms):
    used = mailroom_cpu(files, forms)
    whole, own, pages = 0.0, collections.Counter(), 0
    for path, truth in files:
        with tempfile.TemporaryDirectory() as folder:
            peer = tesseract(path, folder)
        mine = sum(used[path].values())
        print(f"  {os.path.basename(path):12} {truth['form']:18} {truth['pages'][0]['mode']:9} "
              f"{len(truth['pages'])} pages, CPU {mine:.2f} s, tesseract {peer:.2f} s, ratio {mine / peer:.3f}", flush=True)
        whole += peer
        own.update(used[path])
        pages += len(truth["pages"])
    print("  CPU ms a page: " + ", ".join(f"{program.removeprefix('postkamer-')} {1000 * cpu / pages:.0f}"
                                          for program, cpu in own.most_common()) +
          f"; tesseract {1000 * whole / pages:.0f}")
    return sum(own.values()) / whole


def measure_text(twin, files, forms):
    rates = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        mine = own_texts(files, forms, folder)
        for path, truth in files:
            own, peer = mine.get(os.path.basename(path), []), ocrmypdf_text(path, folder)
            paper, kind = true_text(twin, truth), "by pen" if truth["handprint"] else "typed"
            row = {"ours to theirs": difference(own, peer), "ours to the paper": difference(own, paper),
                   "theirs to the paper": difference(peer, paper)}
            print(f"  {os.path.basename(path):12} {kind:7} " + ", ".join(
                f"{name} {rate([pair]):.3f}" for name, pair in row.items()), flush=True)
            for name, pair in row.items():
                rates[name].append(pair)
                rates[f"{name}, {kind}"].append(pair)
    for name in sorted(rates):
        print(f"  CER {name}: {rate(rates[name]):.3f} ({len(rates[name])} files)")
    return {name: rate(pairs) for name, pairs in rates.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=16)
    parser.add_argument("--no-text", action="store_true", help="CPU only")
    options = parser.parse_args()
    measure.need(measure.POSTKAMER, "tesseract", "pdfimages", "pdftotext", "ocrmypdf")
    data = measure.data_folder()
    if data is None:
        return
    twin = os.path.join(data, "twin-dev")
    files = inputs(twin, options.files)
    print(measure.machine())
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        forms = import_forms(twin, folder)
        ratio = measure_cpu(files, forms)
        good = measure.result("known form, raw page to record and searchable PDF, CPU : tesseract IMAGE OUT pdf",
                              "under 0.20", f"{ratio:.3f}", ratio < 0.20)
        if not options.no_text:
            rates = measure_text(twin, files, forms)
            own = rates["ours to theirs"]
            good &= measure.result("its text layer, CER against OCRmyPDF's", "under 0.10", f"{own:.3f}", own < 0.10)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
