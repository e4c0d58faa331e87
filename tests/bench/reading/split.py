# SPDX-License-Identifier: EUPL-1.2
"""A split of the measuring data: its layouts, its truth, and when two values are the same."""
import glob
import json
import os
import re
import unicodedata

CHECK_TYPES = ("bsn", "iban")
MARK_TYPES = ("checkbox", "choice", "multichoice")
LINE_TYPES = ("text", "email", "multiline")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Split:
    def __init__(self, folder):
        self.folder = folder
        self.manifest = load(os.path.join(folder, "manifest.json"))
        self.truth = {}
        for path in sorted(glob.glob(os.path.join(folder, "truth", "*.json"))):
            truth = load(path)
            self.truth[truth["document"]] = truth
        self.batches = {entry["batch"]: entry for entry in self.manifest.get("batches", [])}
        self.layouts = {}
        for path in sorted(glob.glob(os.path.join(folder, "forms", "*", "layout.json"))):
            layout = load(path)
            self.layouts[layout["form"]] = layout

    def fields(self, form):
        """{name: field of the layout}; a form without layout has none."""
        return {field["name"]: field for field in self.layouts.get(form, {"fields": []})["fields"]}

    def is_foreign(self, document):
        return self.truth[document]["form"] not in self.layouts

    def inputs(self):
        """[(file, documents in it)] of the manifest."""
        found = [(file, [entry["document"]]) for entry in self.manifest.get("single_inputs", [])
                 for file in entry["files"]]
        return found + [(entry["file"], [document["document"] for document in entry["documents"]])
                        for entry in self.manifest.get("batches", [])]


def digits(text):
    return re.sub(r"\D", "", str(text))


def folded(text):
    """Case, kinds of apostrophe and widths of space do not count."""
    text = unicodedata.normalize("NFC", str(text)).replace("\u2019", "'")
    return re.sub(r"\s+", " ", text).strip().casefold()


def alphanumeric(text):
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFC", str(text)).upper())


def date(text):
    iso = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", str(text).strip())
    return "".join(reversed(iso.groups())) if iso else digits(text)


def amount(text):
    """"1.234,5-" and "1234.56" in euros and cents; no cents are 00."""
    text = re.sub(r"[^\d.,]", "", str(text))
    cents = re.fullmatch(r"(.*)[.,](\d{2})", text)
    whole, rest = cents.groups() if cents else (text, "00")
    return f"{int(digits(whole) or 0)}.{rest}"


def number(text):
    return str(int(digits(text))) if digits(text) else ""


SAME = {"bsn": digits, "time": digits, "digits": digits, "phone": digits, "number": number, "date": date,
        "amount": amount, "iban": alphanumeric, "postcode": alphanumeric, "kenteken": alphanumeric,
        "alnum": alphanumeric, "email": lambda text: folded(text).replace(" ", ""),
        "letters": lambda text: folded(text).replace(" ", "")}


def comparable(kind, value):
    """A value of a field type in the form in which equal means right; None, () or False: left empty."""
    if kind in ("checkbox", "signature"):
        return bool(value) and str(value).lower() not in ("false", "nee", "no", "0")
    if kind in ("choice", "multichoice"):
        if value in (None, "", []):
            return ()
        return tuple(sorted(map(str, value))) if isinstance(value, (list, tuple)) else (str(value),)
    if value is None or str(value).strip() == "":
        return None
    return SAME.get(kind, folded)(value)


def is_filled(value):
    return value not in (None, (), False, "")


def edits(a, b):
    """Least number of characters to change, add or leave out."""
    if a == b:
        return 0
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]
