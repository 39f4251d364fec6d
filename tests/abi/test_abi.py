#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""abi.py must detect changes in a copy of the headers, and whether they break programs.

    test_abi.py SOURCE C_COMPILER
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE, CC = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
BREAKS, CHANGES = "would break", "the interface has changed"


class Planted(unittest.TestCase):
    def look(self, *edits):
        """Run abi.py on a copy in which texts are replaced: (file, old, new)."""
        with tempfile.TemporaryDirectory() as work:
            for folder in "include", "agent", "man", "tests/architecture":
                shutil.copytree(os.path.join(SOURCE, folder), os.path.join(work, folder))
            for name, old, new in edits:
                path = pathlib.Path(work, name)
                text = path.read_text()
                self.assertIn(old, text)
                path.write_text(text.replace(old, new))
            done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "abi.py"), work, CC], capture_output=True, text=True)
            return done.returncode, done.stdout + done.stderr

    def expect(self, words, mentioned, *edits):
        status, said = self.look(*edits)
        self.assertEqual(status, 1, said)
        self.assertIn(words, said)
        self.assertIn(mentioned, said)

    def test_nothing_changed(self):
        self.assertEqual(self.look(), (0, ""))

    def test_a_function_is_gone(self):
        self.expect(BREAKS, "aw_yield", ("include/awry/task.h", "AW_API AW_MUST_USE aw_error *aw_yield(void);", ""),
                    ("agent/awry.map", "\taw_yield;\n", ""))

    def test_a_parameter_is_added(self):
        self.expect(CHANGES, "aw_yield", ("include/awry/task.h", "*aw_yield(void);", "*aw_yield(int times);"))

    def test_a_member_is_put_into_the_middle(self):
        self.expect(CHANGES, "struct aw_lock", ("include/awry/sync.h", "	bool locked;\n", "	bool locked;\n	int64_t since;\n"))

    def test_an_enumerator_gets_another_value(self):
        self.expect(CHANGES, "AW_FIRST_EXCEPTION",
                    ("include/awry/compose.h", "	AW_FIRST_COMPLETED,\n", "	AW_FIRST_COMPLETED,\n	AW_FIRST_CANCELLED,\n"))

    def test_a_function_gets_another_version(self):
        self.expect(BREAKS, "aw_yield", ("agent/awry.map", "\taw_yield;\n", ""),
                    ("agent/awry.map", "local:\n\t*;\n};\n", "local:\n\t*;\n};\nAWRY_0.2 {\nglobal:\n\taw_yield;\n};\n"))

    def test_a_function_is_added(self):
        self.expect(CHANGES, "aw_yield_twice",
                    ("include/awry/task.h", "aw_error *aw_yield(void);", "aw_error *aw_yield(void);\nAW_API void aw_yield_twice(void);"),
                    ("agent/awry.map", "\taw_yield;\n", "\taw_yield;\n\taw_yield_twice;\n"))


unittest.main(argv=sys.argv[:1])
