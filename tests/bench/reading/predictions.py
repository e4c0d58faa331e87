#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""predictions.py RUN_DIR MANIFEST > predictions.json

Turns the records of `postkamer run ... --out RUN_DIR` into one JSON object that a scorer of the measuring data
takes, keyed by the manifest's documents:

  {"d0001": {"form": "verhuizing" | "unknown", "form_confidence": 0.99,
             "fields": {"bsn": {"value", "confidence", "accepted", "method", "held"}},
             "pages": [{"file", "page_index", "form_page", "rotation_deg", "quarter_turn", "transform_mm_to_px"}],
             "findings": [{"code", "field"}], "text": "of unknown documents", "records": ["PK-..."]},
   "_batches": {"b01": [[first_page, last_page], ...]}}

A record belongs to the document that the manifest has at its pages. Several records of one document (a page a
file) are taken together: each field from the record that holds the field's page. The layouts that lie in forms/
beside MANIFEST tell which fields hold lists.
"""
import collections
import glob
import json
import os
import re
import sys

# Findings that the truth of the measuring data knows, by ours.
CODES = {"bsn_invalid": "bsn_invalid", "iban_invalid": "iban_invalid", "date_impossible": "date_impossible",
         "required_missing": "required_missing", "choice_missing": "required_missing",
         "signature_missing": "signature_missing", "choice_multiple": "choice_multiple",
         "total_mismatch": "total_mismatch"}


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def records_of(run):
    return [load(path) for path in sorted(glob.glob(os.path.join(run, "documents", "*", "record.json")))]


class Places:
    """Which document of the manifest lies at a page of a file."""

    def __init__(self, manifest):
        self.single = {file: entry["document"] for entry in manifest.get("single_inputs", [])
                       for file in entry["files"]}
        self.batch = {entry["file"]: entry for entry in manifest.get("batches", [])}

    def document_at(self, file, index):
        if file in self.single:
            return self.single[file]
        for document in self.batch.get(file, {}).get("documents", []):
            first, last = document["page_range"]
            if first <= index <= last:
                return document["document"]
        return None

    def document_of(self, record):
        """The one with most of the record's pages; of several the first. None: at no document's pages."""
        counts = collections.Counter(self.document_at(page["file"], page["index"]) for page in record["pages"])
        counts.pop(None, None)
        return counts.most_common(1)[0][0] if counts else None


def plain_value(value):
    """Ours, as it is written on Dutch paper: phone numbers without the country."""
    if isinstance(value, str) and re.fullmatch(r"\+31\d{9}", value):
        return "0" + value[3:]
    return value


def page_prediction(page):
    matrix = page["mmToPx"]
    return {"file": page["file"], "page_index": page["index"], "form_page": page["formPage"],
            "rotation_deg": page["skewDegrees"],
            # Ours turns the page upright again; the truth tells how it was turned.
            "quarter_turn": -page["turnDegrees"] % 360,
            "transform_mm_to_px": [matrix[0:3], matrix[3:6], matrix[6:9]] if len(matrix) == 9 else None}


def findings_of(record):
    found = [(finding["code"], finding.get("field")) for finding in record["findings"]]
    for name, field in record["fields"].items():
        found += [(finding["code"], name) for finding in field["findings"]]
    return {(CODES[code], field) for code, field in found if code in CODES and field}


def is_held(field):
    """Whether something else than its probability keeps a field for a person."""
    return any(finding["severity"] == "doubt" and finding["code"] != "field_unsure" for finding in field["findings"])


def add_fields(fields, record, several):
    """Each field as read by the record that holds its page; else as the first record has it."""
    pages = {page["formPage"] for page in record["pages"]}
    for name, field in record["fields"].items():
        if name in fields and field["page"] not in pages:
            continue
        value = plain_value(field["value"])
        if value is None and name in several:
            value = []
        elif isinstance(value, str) and name in several:
            value = [value]
        fields[name] = {"value": value, "confidence": field["probability"],
                        "accepted": field["accepted"], "method": field["method"], "held": is_held(field)}


def document_prediction(records, several=None):
    """One prediction of all records of a document. `several`: (form, field) of those that hold a list."""
    known = [record for record in records if record["form"]]
    forms = collections.Counter(record["form"]["id"] for record in known)
    form = forms.most_common(1)[0][0] if forms else "unknown"
    known = [record for record in known if record["form"]["id"] == form]
    fields, findings = {}, set()
    for record in known:
        add_fields(fields, record, {name for owner, name in several or () if owner == form})
        findings |= findings_of(record)
    if len(known) > 1:  # what one part misses the other may hold
        findings = {(code, name) for code, name in findings
                    if not (code.endswith("_missing") and fields.get(name, {}).get("value") not in (None, "", False, []))}
    return {"form": form,
            "form_confidence": max((record["form"]["probability"] for record in known), default=0.0),
            "fields": fields,
            "pages": [page_prediction(page) for record in records for page in record["pages"]],
            "findings": [{"code": code, "field": field} for code, field in sorted(findings)],
            "text": "\n".join(record.get("fullText", "") for record in records),
            "records": [record["document"] for record in records]}


def predictions(records, manifest, several=None):
    places = Places(manifest)
    by_document = collections.defaultdict(list)
    batches = {entry["batch"]: [] for entry in manifest.get("batches", [])}
    for record in sorted(records, key=lambda r: (r["pages"][0]["file"], r["pages"][0]["index"])):
        document = places.document_of(record)
        if document is not None:
            by_document[document].append(record)
        file = record["pages"][0]["file"]
        if file in places.batch:
            indexes = [page["index"] for page in record["pages"]]
            batches[places.batch[file]["batch"]].append([min(indexes), max(indexes)])
    found = {document: document_prediction(parts, several) for document, parts in by_document.items()}
    found["_batches"] = batches
    return found


def lists_in(split):
    """(form, field) of the layouts' fields with several answers: a record tells none from one by its value only."""
    layouts = [load(path) for path in sorted(glob.glob(os.path.join(split, "forms", "*", "layout.json")))]
    return {(layout["form"], field["name"]) for layout in layouts for field in layout["fields"]
            if field["type"] == "multichoice"}


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    run, manifest = sys.argv[1:]
    found = predictions(records_of(run), load(manifest), lists_in(os.path.dirname(os.path.abspath(manifest))))
    json.dump(found, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
