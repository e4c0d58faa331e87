#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""against_ocrmypdf.py [--pages N] [--repeat N]: a whole run against OCRmyPDF on the same pages.

Two sets of at least N pages, G4 and gray JPEG, each as one PDF. Both read every page in full and write
searchable PDF/A on two cores: `ocrmypdf --deskew --rotate-pages --clean -l nld --jobs 2`, and
`postkamer run` with two workers of a kind. The runs alternate; the median counts.
"""
import argparse
import os
import statistics
import sys
import tempfile

import measure
import pages

GOALS = {"G4": 0.40, "gray": 0.15}


def ocrmypdf(pdf, folder):
    return measure.timed(["ocrmypdf", "--deskew", "--rotate-pages", "--clean", "-l", "nld", "--jobs", "2",
                          "--output-type", "pdfa", "--quiet", pdf, os.path.join(folder, "peer.pdf")])


def postkamer(pdf, folder, count):
    out = os.path.join(folder, "out")
    wall, cpu, ledger = measure.run_postkamer([pdf], out, workers=2)
    if not ledger["balanced"] or ledger["pages"]["total"] != count:
        sys.exit(f"postkamer run: the ledger does not balance: {ledger}")
    documents = os.path.join(out, "documents")
    missing = [name for name in os.listdir(documents)
               if not os.path.exists(os.path.join(documents, name, "document.pdf"))]
    if missing:
        sys.exit(f"postkamer run: no PDF of {', '.join(missing)}")
    return wall, cpu


def compare(name, pdf, count, repeat, folder):
    ours, theirs = [], []
    for _ in range(repeat):
        theirs.append(ocrmypdf(pdf, folder))
        ours.append(postkamer(pdf, folder, count))
    medians = [[statistics.median(run[i] for run in runs) for i in (0, 1)] for runs in (ours, theirs)]
    (wall, cpu), (peer_wall, peer_cpu) = medians
    print(f"{name}, {count} pages, a page: postkamer {wall / count:.2f} s wall {cpu / count:.2f} s CPU; "
          f"ocrmypdf {peer_wall / count:.2f} s wall {peer_cpu / count:.2f} s CPU; "
          f"ratio wall {wall / peer_wall:.3f} CPU {cpu / peer_cpu:.3f}", flush=True)
    return measure.result(f"whole run : ocrmypdf, wall, {count} {name} pages", f"under {GOALS[name]:.2f}",
                          f"{wall / peer_wall:.3f}", wall / peer_wall < GOALS[name])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=20, help="least number of pages of each set")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each, alternating")
    options = parser.parse_args()
    measure.need(measure.POSTKAMER, "ocrmypdf", "unpaper", "pdfimages", "qpdf")
    print(measure.machine())
    with tempfile.TemporaryDirectory() as folder:
        good = []
        for name, make in (("G4", pages.g4_pdf), ("gray", pages.gray_pdf)):
            pdf = os.path.join(folder, name + ".pdf")
            count = make(pdf, options.pages, folder)
            good.append(compare(name, pdf, count, options.repeat, folder))
        print(measure.machine())
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
