#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_names.py must find duplicate names that are planted into a tree of empty files, and nothing else."""
import pathlib
import tempfile
import unittest

import check_names


class Planted(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        for _, *paths in check_names.SHARED.values():
            for path in paths:
                self.plant(path)
        self.plant("base/map.c")

    def tearDown(self):
        self.folder.cleanup()

    def plant(self, path):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()

    def found(self):
        return list(check_names.check_names(self.root))

    def expect(self, *paths):
        found = self.found()
        self.assertEqual([line.split(":")[0] for line in found], sorted(paths), found)
        return found

    def test_clean(self):
        self.expect()

    def test_two_files_have_one_name(self):
        self.plant("viewer/report/map.c")
        [first, _] = self.expect("base/map.c", "viewer/report/map.c")
        self.assertIn("has the name of viewer/report/map.c", first)

    def test_two_private_headers_have_one_name(self):
        self.plant("viewer/model/internal.h")
        self.expect()
        self.plant("viewer/report/internal.h")
        self.expect("viewer/model/internal.h", "viewer/report/internal.h")

    def test_a_public_header_and_its_implementer_share_a_name(self):
        self.plant("include/awry/planted.h")
        self.plant("agent/runtime/task/planted.h")
        self.expect()
        self.plant("viewer/tui/planted.h")
        self.assertEqual(len(self.found()), 3)

    def test_one_more_file_has_a_name_that_may_be_shared(self):
        self.plant("viewer/tui/retry.c")
        self.expect("viewer/tui/retry.c")

    def test_the_list_names_a_file_that_is_gone(self):
        (self.root / "examples/seeds/retry.c").unlink()
        [line] = self.found()
        self.assertEqual(line, "check_names.py: SHARED names examples/seeds/retry.c, which does not exist")

    def test_what_is_built_does_not_count(self):
        self.plant("build/dev/map.c")
        self.expect()

    def test_nothing_is_there(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("nothing to check", list(check_names.check_names(pathlib.Path(folder)))[0])


if __name__ == "__main__":
    unittest.main()
