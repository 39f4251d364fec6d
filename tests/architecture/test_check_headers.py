#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_headers.py must find mistakes that are planted into a header, and none in the real headers."""
import pathlib
import sys
import tempfile
import unittest

import check_headers

ROOT = pathlib.Path(__file__).resolve().parents[2]

GOOD = """/* SPDX-License-Identifier: MIT */
/**
 * awry/planted.h - for a test.
 */
#ifndef AWRY_PLANTED_H
#define AWRY_PLANTED_H

/**
 * Plant a tree.
 *
 * @param tree  borrowed
 *
 * Errors: MemoryError
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_plant(const char *tree);
/** Count the trees. Context: any thread. */
AW_API size_t aw_plant_count(void);

/** How to plant. */
struct aw_plant_options {
	size_t size; /* of this struct */
	int depth;
};
/** What was planted. */
typedef struct aw_planted {
	int depth;
	void *reserved[2]; /* 0 */
} aw_planted;

#endif
"""


class Planted(unittest.TestCase):
    def found(self, text):
        with tempfile.TemporaryDirectory() as folder:
            header = pathlib.Path(folder, "include", "awry", "planted.h")
            header.parent.mkdir(parents=True)
            header.write_text(text)
            return list(check_headers.check(folder))

    def expect(self, old, new, words):
        self.assertIn(old, GOOD)
        found = self.found(GOOD.replace(old, new))
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_good(self):
        self.assertEqual(self.found(GOOD), [])

    def test_the_headers_as_they_are(self):
        self.assertEqual(list(check_headers.check(ROOT)), [])

    def test_no_comment(self):
        self.expect("/** Count the trees. Context: any thread. */\n", "", "aw_plant_count: has no comment")

    def test_no_sentence(self):
        self.expect("Plant a tree.", "plants", "does not begin with a sentence")

    def test_no_errors(self):
        self.expect(" * Errors: MemoryError\n", "", "has neither Errors: nor Returns:")

    def test_parameter(self):
        self.expect("@param tree ", "@param bush ", "no such parameter among tree")

    def test_silent_parameter(self):
        self.expect("@param tree  borrowed", "@param tree", "says nothing")

    def test_order(self):
        self.expect(" * Errors: MemoryError\n * Since:  0.1\n", " * Since:  0.1\n * Errors: MemoryError\n", "order")

    def test_tag_in_the_middle(self):
        self.expect("MemoryError\n * Since:  0.1", "MemoryError Since: 0.1", "in the middle of a line")

    def test_a_struct_that_cannot_grow(self):
        self.expect("	size_t size; /* of this struct */\n", "	size_t length;\n", "aw_plant_options: cannot grow")
        self.expect("	void *reserved[2]; /* 0 */\n", "	/* reserved */\n", "aw_planted: cannot grow")


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
