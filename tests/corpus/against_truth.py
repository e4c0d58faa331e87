#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Shows what a run over sample-scans read, beside what is written on the paper.

usage: tests/corpus/against_truth.py OUT [--wrong]

OUT is the folder of `postkamer run sample-scans --out OUT`. A line a field: a sign, the field, what was
read, what is there, the stated probability.
  =  right and sure enough to go out unseen     ~  right, but a person looks
  ?  wrong, and a person looks                  !  wrong and sent unseen: harm
--wrong leaves the right ones out. Ends with the sums by way of filling in and field type.
"""
import collections
import glob
import json
import os
import re
import sys
import tomllib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def load(path):
    with open(path) as file:
        return json.load(file)


def field_types():
    types = {}
    for path in glob.glob(f"{ROOT}/config/forms/*/*/form.toml"):
        with open(path, "rb") as file:
            form = tomllib.load(file)
        types.update({(form["id"], field["name"]): field["type"] for field in form["fields"]})
    return types


def comparable(value):
    """Case and spaces of hand-written capitals do not count; empty, unticked and unsigned are one."""
    if value in (None, "", False, []):
        return None
    return re.sub(r"\s+", " ", value).strip().casefold() if isinstance(value, str) else value


def true_document(record):
    page = record["pages"][0]
    truth = load(os.path.join(ROOT, "sample-scans", os.path.splitext(page["file"])[0] + ".truth.json"))
    for document in truth.get("documents", []):
        if any(there["page_index"] == page["index"] for there in document["pages"]):
            return document
    return None


def main():
    out, only_wrong = sys.argv[1], "--wrong" in sys.argv[2:]
    types = field_types()
    sums = collections.defaultdict(collections.Counter)
    for path in sorted(glob.glob(f"{out}/documents/*/record.json")):
        record = load(path)
        document = true_document(record) if record["form"] else None
        if document is None:
            continue
        print(f'\n{record["document"]}  {record["pages"][0]["file"]}  {record["form"]["id"]}')
        for name, field in record["fields"].items():
            there = document["fields"].get(name)
            right = comparable(field["value"]) == comparable(there)
            sign = ("=" if right else "!") if field["accepted"] else ("~" if right else "?")
            way = "handwriting" if document.get("handprint") else "typed"
            sums[way, types[record["form"]["id"], name]][sign] += 1
            if not (right and only_wrong):
                print(f'  {sign} {name:30} {str(field["value"])[:40]:40} {str(there)[:40]:40} '
                      f'{field["probability"]:.3f}')
    print(f'\n{"":28}{"= sent":>8}{"~ right":>8}{"? wrong":>8}{"! harm":>8}')
    for (way, kind), count in sorted(sums.items()):
        print(f'{way:12} {kind:15}' + "".join(f"{count[sign]:8}" for sign in "=~?!"))
    total = sum(sums.values(), collections.Counter())
    print(f'{"all":28}' + "".join(f"{total[sign]:8}" for sign in "=~?!"))
    sys.exit(1 if total["!"] else 0)


main()
