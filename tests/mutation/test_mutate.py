#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""mutate.py with small tables and sources: fragments that are found once or refused, nested switches, unchanged lines."""
import os
import tempfile
import unittest

import mutate

SOURCE = """int f(int a);

int f(int a)
{
	if (a > 3 &&
	    a < 9)
		return 1;
	return 0;
}

int g(int a)
{
	a++;
	return f(a) + (a > 3);
}
"""


def table(text):
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
        file.write(text)
    try:
        found = mutate.read_table(file.name)
    finally:
        os.unlink(file.name)
    for number, mutation in enumerate(found, 1):
        mutation.number = number
    return found


def rewritten(text):
    found = table(text)
    for mutation in found:
        mutation.span = mutate.locate(SOURCE, mutation)
    return mutate.rewrite(SOURCE, found)


class Tables(unittest.TestCase):
    def test_mutations_of_a_scope_follow_each_other(self):
        found = table("[a.c] one two\nin int f(\n- a > 3\n+ a > 4\n- a < 9\n+ true\nby three\n\n- a++;\n+\n")
        self.assertEqual([m.scope for m in found], ["int f(", "int f(", None])
        self.assertEqual([m.tests for m in found], [["one", "two"], ["three"], ["one", "two"]])
        self.assertEqual(found[2].new, [""])

    def test_what_is_incomplete_is_refused(self):
        for text in ("[a.c] one\n- a\n", "[a.c]\n- a\n+ b\n", "- a\n+ b\n", "[a.c] one\nwhat is this\n"):
            with self.assertRaises(mutate.Wrong):
                table(text)


class Sources(unittest.TestCase):
    def test_an_expression_becomes_a_choice(self):
        self.assertIn("if ((MUTANT(1) ? (a > 4) : (a > 3)) &&\n", rewritten("[a.c] t\nin int f(\n- a > 3\n+ a > 4\n"))

    def test_spaces_and_lines_do_not_matter(self):
        text = rewritten("[a.c] t\n- a > 3 && a < 9\n+ false\n")
        self.assertIn("(MUTANT(1) ? (false) : (a > 3 &&\n	    a < 9))", text)
        self.assertEqual(text.count("\n"), SOURCE.count("\n"))

    def test_a_statement_becomes_a_branch(self):
        self.assertIn("{ if (MUTANT(1)) {  } else { a++; } }", rewritten("[a.c] t\n- a++;\n+\n"))

    def test_one_lies_inside_of_another(self):
        text = rewritten("[a.c] t\nin int f(\n- a > 3 && a < 9\n+ a\n- a < 9\n+ true\n- a < 9\n+ false\n")
        self.assertIn("(MUTANT(2) ? (true) : ((MUTANT(3) ? (false) : (a < 9))))", text)

    def test_those_that_overlap_are_refused(self):
        with self.assertRaises(mutate.Wrong):
            rewritten("[a.c] t\nin int f(\n- a > 3 && a\n+ a\n- a < 9\n+ true\n")

    def test_what_is_not_there_once_is_refused(self):
        for text in ("- a > 3\n+ b\n", "- a > 5\n+ b\n", "in int h(\n- a\n+ b\n", "in int f(\n- a++;\n+\n"):
            with self.assertRaises(mutate.Wrong):
                rewritten("[a.c] t\n" + text)

    def test_a_prototype_is_no_function(self):
        self.assertEqual(mutate.find_scope(SOURCE, "int f(")[0], SOURCE.index("int f(int a)\n{"))


if __name__ == "__main__":
    unittest.main()
