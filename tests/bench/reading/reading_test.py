#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Tests of the reading bench: records to predictions, and figures of made-up rows. Needs only the standard library.

Where GoogleTest programs are asked for a report (GTEST_OUTPUT=xml:FOLDER/), this one writes one too, so that its
cases are counted with theirs.
"""
import json
import os
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import figures  # noqa: E402
import predictions  # noqa: E402
import rows  # noqa: E402
from split import Split, comparable, edits  # noqa: E402

MANIFEST = {"single_inputs": [{"document": "d0001", "files": ["d0001.tif"]},
                              {"document": "d0002", "files": ["d0002_1.png", "d0002_2.png"]}],
            "batches": [{"batch": "b01", "file": "b01.tif",
                         "documents": [{"document": "d1001", "page_range": [1, 2]},
                                       {"document": "d1002", "page_range": [4, 4]}]}]}
IDENTITY = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def a_page(file, index, form_page=1, turn=0):
    return {"file": file, "index": index, "formPage": form_page, "skewDegrees": 1.5, "turnDegrees": turn,
            "mmToPx": [1, 0, 0, 0, 1, 0, 0, 0, 1]}


def a_field(value, page=1, codes=(), accepted=True):
    return {"value": value, "probability": 0.9, "accepted": accepted, "method": "handprint", "page": page,
            "findings": [{"code": code, "severity": "doubt"} for code in codes]}


def a_record(pages, fields=None, form="aanvraag", findings=()):
    return {"document": "PK-1", "form": form and {"id": form, "version": "1", "probability": 0.99}, "pages": pages,
            "fields": fields or {}, "findings": [{"code": code, "field": field} for code, field in findings]}


class Predictions(unittest.TestCase):
    def made(self, records, several=None):
        return predictions.predictions(records, MANIFEST, several)

    def test_a_record_belongs_to_the_document_of_its_file(self):
        found = self.made([a_record([a_page("d0001.tif", 0)], {"bsn": a_field("123456782")})])
        self.assertEqual(found["d0001"]["form"], "aanvraag")
        self.assertEqual(found["d0001"]["fields"]["bsn"],
                         {"value": "123456782", "confidence": 0.9, "accepted": True, "method": "handprint",
                          "held": False})

    def test_a_field_is_held_by_other_doubts_than_its_probability(self):
        fields = {"a": a_field("1", codes=["field_unsure"]), "b": a_field("2", codes=["field_unsure", "bsn_invalid"])}
        found = self.made([a_record([a_page("d0001.tif", 0)], fields)])["d0001"]["fields"]
        self.assertEqual([found[name]["held"] for name in "ab"], [False, True])

    def test_pages_in_files_of_their_own_make_one_document(self):
        first = a_record([a_page("d0002_1.png", 0, 1)], {"a": a_field("x", 1), "b": a_field(None, 2, accepted=False)})
        second = a_record([a_page("d0002_2.png", 0, 2)], {"a": a_field(None, 1), "b": a_field("y", 2)})
        for records in ([first, second], [second, first]):
            found = self.made(records)["d0002"]
            self.assertEqual((found["fields"]["a"]["value"], found["fields"]["b"]["value"]), ("x", "y"))
            self.assertEqual(len(found["pages"]), 2)

    def test_pages_of_a_batch_are_told_by_their_ranges(self):
        found = self.made([a_record([a_page("b01.tif", 4)]), a_record([a_page("b01.tif", 1), a_page("b01.tif", 2)])])
        self.assertEqual(found["_batches"]["b01"], [[1, 2], [4, 4]])
        self.assertEqual({"d1001", "d1002"} - set(found), set())

    def test_pages_of_no_document_are_left_out(self):
        self.assertEqual(set(self.made([a_record([a_page("b01.tif", 7)])])), {"_batches"})

    def test_an_unknown_document_has_no_form(self):
        found = self.made([a_record([a_page("d0001.tif", 0, 0)], form=None)])
        self.assertEqual((found["d0001"]["form"], found["d0001"]["fields"]), ("unknown", {}))

    def test_values_are_as_on_dutch_paper(self):
        record = a_record([a_page("d0001.tif", 0)], {"tel": a_field("+31612345678"), "keuzes": a_field(None),
                                                     "een": a_field("ja")})
        fields = self.made([record], {("aanvraag", "keuzes"), ("aanvraag", "een")})["d0001"]["fields"]
        self.assertEqual([fields[name]["value"] for name in ("tel", "keuzes", "een")], ["0612345678", [], ["ja"]])

    def test_the_turn_is_that_of_the_paper(self):
        for ours, theirs in ((0, 0), (90, 270), (180, 180), (270, 90)):
            page = self.made([a_record([a_page("d0001.tif", 0, turn=ours)])])["d0001"]["pages"][0]
            self.assertEqual(page["quarter_turn"], theirs)
        self.assertEqual(page["transform_mm_to_px"], IDENTITY)

    def test_only_findings_of_fields_that_the_truth_knows_are_told(self):
        record = a_record([a_page("d0001.tif", 0)], {"soort": a_field(None, codes=["choice_missing", "field_unsure"])},
                          findings=[("total_mismatch", "totaal"), ("page_dark", None)])
        self.assertEqual(self.made([record])["d0001"]["findings"],
                         [{"code": "required_missing", "field": "soort"}, {"code": "total_mismatch", "field": "totaal"}])


class Values(unittest.TestCase):
    def test_ways_of_writing_the_same_value_are_one(self):
        for kind, one, other in (("date", "03-05-2026", "2026-05-03"), ("amount", "1234", "1234.00"),
                                 ("amount", "1.234,56", "1234.56"), ("postcode", "1234 ab", "1234AB"),
                                 ("kenteken", "AB-12-CD", "ab12cd"), ("number", "007", "7"),
                                 ("text", "De  Vries", "de vries"), ("choice", "a", ["a"]), ("checkbox", None, False),
                                 ("multichoice", ["b", "a"], ["a", "b"])):
            self.assertEqual(comparable(kind, one), comparable(kind, other), kind)

    def test_other_values_differ(self):
        for kind, one, other in (("digits", "007", "7"), ("choice", ["a", "b"], "a"), ("text", "", "a"),
                                 ("amount", "12,50", "1250"), ("signature", True, None)):
            self.assertNotEqual(comparable(kind, one), comparable(kind, other), kind)

    def test_edits_are_counted(self):
        self.assertEqual([edits(*pair) for pair in (("", "ab"), ("abc", "abc"), ("1234", "1834"), ("ab", "ba"))],
                         [2, 0, 1, 2])


def a_split(folder):
    """A split of one document with one field, written to a folder."""
    layout = {"form": "aanvraag", "fields": [{"name": "bsn", "type": "bsn", "page": 1, "box_mm": [10, 20, 40, 6],
                                              "cells_mm": [[10, 20, 5, 6]]}]}
    truth = {"document": "d0001", "form": "aanvraag", "handprint": True, "fields": {"bsn": "123456782"},
             "comb_cells": {"bsn": "123456782"}, "expected_findings": [],
             "pages": [{"file": "d0001.tif", "page_index": 0, "rotation_deg": 1.0, "quarter_turn": 0, "dpi": 254,
                        "transform_mm_to_px": IDENTITY}]}
    for path, value in (("manifest.json", MANIFEST), ("forms/aanvraag/layout.json", layout), ("truth/d0001.json", truth)):
        os.makedirs(os.path.dirname(os.path.join(folder, path)) or ".", exist_ok=True)
        with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
            json.dump(value, file)
    return Split(folder)


class Rows(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.split = a_split(self.folder.name)

    def predicted(self, value):
        record = a_record([a_page("d0001.tif", 0)], {"bsn": a_field(value)})
        return predictions.predictions([record], MANIFEST)

    def test_a_right_field_is_right_and_a_wrong_one_counts_its_characters(self):
        self.assertTrue(rows.field_rows(self.split, self.predicted("123456782"))[0]["right"])
        wrong = rows.field_rows(self.split, self.predicted("123456792"))[0]
        self.assertEqual((wrong["right"], wrong["characters"], wrong["edits"], wrong["pen"]), (False, 9, 1, True))

    def test_a_field_with_a_deliberate_mistake_is_told_apart(self):
        self.assertFalse(rows.field_rows(self.split, {})[0]["mistaken"])
        self.split.truth["d0001"]["expected_findings"] = [{"code": "bsn_invalid", "field": "bsn"}]
        self.assertTrue(rows.field_rows(self.split, {})[0]["mistaken"])

    def test_a_field_that_was_not_read_is_there_and_wrong(self):
        row = rows.field_rows(self.split, {})[0]
        self.assertEqual((row["right"], row["accepted"], row["read"]), (False, False, None))

    def test_geometry_is_in_millimetres_and_degrees(self):
        predicted = self.predicted("1")
        predicted["d0001"]["pages"][0]["transform_mm_to_px"] = [[1, 0, 5], [0, 1, 0], [0, 0, 1]]
        page = rows.page_rows(self.split, predicted)[0]
        self.assertEqual([round(error, 9) for error in page["corner_errors"]], [0.5] * 4)  # 5 px at 254 dpi
        self.assertAlmostEqual(page["skew_error"], 0.5)
        self.assertTrue(page["turn_right"] and page["page_right"] and page["form_right"])

    def test_a_page_in_no_record_is_lost(self):
        self.assertFalse(rows.page_rows(self.split, {})[0]["found"])

    def test_the_report_stands_with_and_without_predictions(self):
        for predicted in ({}, self.predicted("123456782")):
            text = figures.report(self.split, predicted, rows.field_rows(self.split, predicted),
                                  rows.page_rows(self.split, predicted))
            self.assertIn("Fields against their goals", text)


class Figures(unittest.TestCase):
    def test_calibration_is_perfect_when_shares_are_as_stated(self):
        made = [{"probability": 0.75, "right": i % 4 != 0} for i in range(100)]
        self.assertAlmostEqual(figures.calibration_error(made), 0.0)
        self.assertAlmostEqual(figures.calibration_error([{**row, "right": False} for row in made]), 0.75)

    def test_empty_fields_do_not_count_as_read_but_wrong_ones_sent_do(self):
        base = {"type": "bsn", "pen": True, "group": "bsn", "characters": 0, "edits": 0}
        made = [{**base, "filled": True, "accepted": True, "right": True},
                {**base, "filled": False, "accepted": True, "right": False},
                {**base, "filled": False, "accepted": False, "right": True}]
        self.assertEqual(figures.figure(made, "accepted")[1:], (1, 1))
        self.assertEqual(figures.figure(made, "wrong")[1:], (1, 2))

    def test_another_bound_sends_other_fields_but_none_that_is_held(self):
        base = {"filled": True, "held": False, "right": True}
        made = [{**base, "probability": 0.999}, {**base, "probability": 0.985, "right": False},
                {**base, "probability": 0.9999, "held": True}, {**base, "probability": 0.97}]
        self.assertEqual(figures.at_bound(made, 0.005), (25.0, 0, 1))
        self.assertEqual(figures.at_bound(made, 0.02), (50.0, 1, 2))


class Report(unittest.TextTestResult):
    """Keeps what ran, for the report."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.ran = []

    def startTest(self, test):
        super().startTest(test)
        self.ran.append(test)

    def write(self, path):
        root = xml.Element("testsuites")
        failed = {test.id() for test, _ in self.failures + self.errors}
        for test in self.ran:
            kind, name = test.id().split(".")[-2:]
            case = xml.SubElement(root, "testcase", classname=kind, name=name, status="run")
            if test.id() in failed:
                xml.SubElement(case, "failure")
        xml.ElementTree(root).write(path)


def main():
    tests = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = unittest.TextTestRunner(resultclass=Report, verbosity=1).run(tests)
    wanted = os.environ.get("GTEST_OUTPUT", "")
    if wanted.startswith("xml:"):
        result.write(os.path.join(wanted[4:], "unit_reading_bench.xml"))
    sys.exit(0 if result.wasSuccessful() else 1)


if __name__ == "__main__":
    main()
