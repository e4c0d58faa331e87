# SPDX-License-Identifier: EUPL-1.2
"""Predictions beside the truth: one row a field, one a page."""
import math

from split import LINE_TYPES, MARK_TYPES, comparable, edits, is_filled


def group_of(kind, layout_field):
    """The table's group of a field: marks, signature, combs by what is in them, lines."""
    if kind in MARK_TYPES:
        return kind
    if kind in LINE_TYPES and not layout_field.get("cells_mm"):
        return "line"
    return kind


def field_rows(split, predictions):
    """Every field of every document with a known form, as dicts."""
    rows = []
    for document, truth in sorted(split.truth.items()):
        fields = split.fields(truth["form"])
        seen = predictions.get(document, {}).get("fields", {})
        for name, wanted in truth["fields"].items():
            if name in fields:
                rows.append(field_row(truth, fields[name], wanted, seen.get(name) or {}))
    return rows


def field_row(truth, field, wanted, read):
    kind = field["type"]
    there, got = comparable(kind, wanted), comparable(kind, read.get("value"))
    row = {"document": truth["document"], "form": truth["form"], "field": field["name"], "type": kind,
           "group": group_of(kind, field), "office": bool(field.get("office")), "pen": bool(truth["handprint"]),
           "truth": wanted, "read": read.get("value"), "probability": float(read.get("confidence") or 0.0),
           "accepted": bool(read.get("accepted")), "held": bool(read.get("held")), "method": read.get("method", "none"),
           "right": there == got, "filled": is_filled(there), "characters": 0, "edits": 0,
           "mistaken": any(entry["field"] == field["name"] for entry in truth["expected_findings"])}
    if isinstance(there, str):
        row["characters"] = len(there)
        row["edits"] = min(len(there), edits(there, got if isinstance(got, str) else ""))
    return row


def mapped(matrix, x, y):
    w = matrix[2][0] * x + matrix[2][1] * y + matrix[2][2]
    return ((matrix[0][0] * x + matrix[0][1] * y + matrix[0][2]) / w,
            (matrix[1][0] * x + matrix[1][1] * y + matrix[1][2]) / w)


def corners(fields, page):
    """Corners of the zones on a page, mm."""
    for field in fields.values():
        if field["page"] == page:
            x, y, w, h = field["box_mm"]
            yield from ((x, y), (x + w, y), (x, y + h), (x + w, y + h))


def page_rows(split, predictions):
    """Every page of the truth: whether it was found, its form and page, and how far off its geometry is."""
    rows = []
    for document, truth in sorted(split.truth.items()):
        predicted = predictions.get(document, {})
        seen = {(page["file"], page["page_index"]): page for page in predicted.get("pages", [])}
        for number, page in enumerate(truth["pages"], 1):
            there = seen.get((page["file"], page["page_index"]))
            rows.append(page_row(split, truth, number, page, predicted.get("form", "unknown"), there))
    return rows


def page_row(split, truth, number, page, form, seen):
    row = {"document": truth["document"], "form": truth["form"], "file": page["file"],
           "page_index": page["page_index"], "mode": page.get("mode"), "found": seen is not None,
           "foreign": truth["form"] not in split.layouts, "form_right": form == truth["form"],
           "taken_for": form, "blank": truth.get("foreign_kind") == "blank", "page_right": bool(seen) and seen["form_page"] == number,
           "skew_error": None, "turn_right": None, "corner_errors": []}
    # A page without print has no way up.
    if seen is None or truth.get("foreign_kind") in ("blank", "photo"):
        return row
    row["skew_error"] = abs(seen["rotation_deg"] - page["rotation_deg"])
    row["turn_right"] = seen["quarter_turn"] % 360 == page["quarter_turn"] % 360
    if seen["transform_mm_to_px"] and row["form_right"]:
        fields = split.fields(truth["form"])
        row["corner_errors"] = [
            25.4 / page["dpi"] * math.dist(mapped(seen["transform_mm_to_px"], x, y),
                                           mapped(page["transform_mm_to_px"], x, y))
            for x, y in corners(fields, number)]
    return row
