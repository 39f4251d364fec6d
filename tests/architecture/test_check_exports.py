#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_exports.py must find mistakes in a library's map."""
import pathlib
import tempfile
import unittest

import check_exports

MAP = """/* SPDX-License-Identifier: MIT */
AWRY_0.1 {
global:
	aw_plant;

	/* Private. */
	aw__dig; /* aw_dig() */

local:
	*;
};
"""
NEXT = """
AWRY_0.2 {
global:
	aw_water;
} AWRY_0.1;
"""
EXPORTED = {"aw_plant": "AWRY_0.1", "aw__dig": "AWRY_0.1"}
MACROS = {"aw_dig": {"aw__dig"}, "aw_other": {"aw_plant"}, "AW__DIG": {"aw__dig"}}


class Planted(unittest.TestCase):
    def found(self, text, exported, macros=MACROS):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "planted.map")
            path.write_text(text)
            return [line.split(": ", 1)[1] for line in check_exports.check_map(str(path), exported, macros)]

    def test_a_map_that_is_right_has_no_finding(self):
        self.assertEqual(self.found(MAP, EXPORTED), [])

    def test_a_later_version_has_its_own_node(self):
        self.assertEqual(self.found(MAP + NEXT, {**EXPORTED, "aw_water": "AWRY_0.2"}), [])
        self.assertIn("AWRY_0.2, and exported under AWRY_0.1",
                      self.found(MAP + NEXT, {**EXPORTED, "aw_water": "AWRY_0.1"})[0])

    def test_an_export_that_is_not_listed(self):
        self.assertEqual(self.found(MAP, {**EXPORTED, "aw_water": "AWRY_0.1"}),
                         ["aw_water is listed under None, and exported under AWRY_0.1"])

    def test_an_export_without_a_version(self):
        self.assertEqual(self.found(MAP, {**EXPORTED, "aw_plant": None}),
                         ["aw_plant is listed under AWRY_0.1, and exported under None"])
        self.assertEqual(self.found(MAP, {**EXPORTED, "aw_water": None}),
                         ["aw_water is listed under None, and exported under None"])

    def test_a_name_that_is_not_exported(self):
        self.assertEqual(self.found(MAP, {"aw__dig": "AWRY_0.1"}),
                         ["aw_plant is listed under AWRY_0.1, and exported under None"])

    def test_a_private_function_that_no_macro_calls(self):
        for text, macro in ((MAP.replace("aw_dig()", "aw_other()"), "aw_other"), (MAP.replace("aw_dig()", "aw_gone()"), "aw_gone"),
                            (MAP.replace("aw_dig()", "AW__DIG()"), "AW__DIG"),
                            (MAP.replace(" /* aw_dig() */", ""), "no macro that its comment names")):
            self.assertEqual(self.found(text, EXPORTED), [f"aw__dig is private, and {macro} does not call it"])


unittest.main()
