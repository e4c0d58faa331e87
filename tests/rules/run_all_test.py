#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""tests/run-all takes a skip for a skip: neither for a test that passed nor for one that failed.

usage: run_all_test.py RUN_ALL
"""
import os
import subprocess
import sys
import tempfile
import unittest

REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites><testsuite name="Case">{}</testsuite></testsuites>
"""
PASSED = '<testcase classname="Case" name="good" status="run" result="completed"/>'
SKIPPED = ('<testcase classname="Case" name="absent" status="run" result="skipped">'
           '<skipped message="case_test.cc:7&#x0A;{}"/></testcase>')
DISABLED = '<testcase classname="Case" name="DISABLED_off" status="notrun" result="suppressed"/>'
FAILED = ('<testcase classname="Case" name="bad" status="run" result="completed">'
          '<failure message="x"/></testcase>')


class RunAll(unittest.TestCase):
    def run_on(self, *cases, status=0):
        """Exit status and words of run-all in a build whose one test program reports `cases`."""
        with tempfile.TemporaryDirectory() as build:
            with open(os.path.join(build, "report.xml"), "w") as report:
                report.write(REPORT.format("".join(cases)))
            with open(os.path.join(build, "CTestTestfile.cmake"), "w") as tests:
                tests.write(f'''add_test(some /bin/sh -c
  [[cp "{build}/report.xml" "${{GTEST_OUTPUT#xml:}}some.xml"; exit {status}]])
set_tests_properties(some PROPERTIES LABELS unit)
''')
            ran = subprocess.run([sys.executable, RUN_ALL, build], capture_output=True, text=True)
        return ran.returncode, ran.stdout

    def test_names_a_skipped_case_with_its_reason_and_ends_well(self):
        status, told = self.run_on(PASSED, SKIPPED.format("there is no data folder"))
        self.assertEqual(status, 0, told)
        self.assertIn("1 passed, 0 failed, 1 skipped", told)
        self.assertIn("skipped: Case.absent: there is no data folder", told)

    def test_takes_a_skip_without_a_reason_for_a_failure(self):
        for case in (SKIPPED.format(""), DISABLED):
            status, told = self.run_on(PASSED, case)
            self.assertEqual(status, 1, told)
            self.assertIn("1 passed, 1 failed, 0 skipped", told)
            self.assertIn("skipped without a reason", told)

    def test_does_not_end_well_when_a_case_failed_or_a_program_did(self):
        self.assertEqual(self.run_on(PASSED, FAILED, status=1)[0], 1)
        self.assertEqual(self.run_on(PASSED, status=1)[0], 1)

    def test_does_not_end_well_when_nothing_passed(self):
        self.assertEqual(self.run_on(SKIPPED.format("there is no data folder"))[0], 1)


if __name__ == "__main__":
    RUN_ALL = sys.argv.pop(1)
    unittest.main()
