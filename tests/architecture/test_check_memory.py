#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_memory.py must find each function that no test runs with failing allocations, even if a test mentions it.

    test_check_memory.py COMPILER
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import check_memory

COMPILER = "cc"

HEADER = """/** awry/planted.h - for a test. */
/** Plant a tree. */
AW_API void *aw_plant(void);
/** Plant a tree behind a macro. */
#define aw_sow(where) aw__sow("here", where)
AW_API void *aw__sow(const char *site, int where);
/** Count the trees. */
AW_API int aw_count(void);
/** Call fn. Errors: MemoryError. */
AW_API void *aw_indirect(void *(*fn)(void));
"""

LIBRARY = """
#include <stdlib.h>
__attribute__((noinline)) void *aw__alloc(unsigned long bytes) { return malloc(bytes); }
static __attribute__((noinline)) void *deep(void) { void *p = aw__alloc(9); return p != 0 ? p : (void *)1; }
void *aw_plant(void) { void *p = deep(); return p != 0 ? p : (void *)1; }
void *aw__sow(const char *site, int where) { return where ? aw__alloc(1) : 0; }
int aw_count(void) { return 3; }
void *aw_indirect(void *(*fn)(void)) { return fn(); }
"""

TEST = """
/* aw_lost() is only spoken of */
#define plant_it() \\
	aw_plant()

static void story(void)
{
	plant_it();
	aw_sow(3);
}

static void (*const stories[])(void) = { story, indirect };

static void indirect(void)
{
	aw_indirect(NULL);
}

static void walk(void)
{
	for (int n = 1; n < 9; n++) {
		aw__alloc_fail_at(n);
		stories[n % 2]();
	}
}

int main(void)
{
	return run(walk);
}
"""


class Planted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.TemporaryDirectory()
        root = pathlib.Path(cls.root.name)
        for name, text in (("include/awry/planted.h", HEADER), ("planted.c", LIBRARY)):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        cls.library = str(root / "planted.so")
        subprocess.run([COMPILER, "-shared", "-fPIC", "-O1", "-o", cls.library, root / "planted.c"], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.root.cleanup()

    def found(self, test, exceptions=None):
        path = pathlib.Path(self.root.name, check_memory.FOLDERS[0], "test_planted.c")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(test)
        return list(check_memory.check(self.root.name, [self.library], exceptions or {}))

    def expect(self, old, new, *names):
        self.assertIn(old, TEST)
        found = self.found(TEST.replace(old, new))
        self.assertEqual([line.split()[0] for line in found], list(names))

    def test_good(self):
        self.assertEqual(self.found(TEST), [])

    def test_not_called(self):
        self.expect("\taw_sow(3);\n", "", "aw__sow")

    def test_in_a_comment(self):
        self.expect("\taw_sow(3);\n", "\t/* aw_sow(3); */\n", "aw__sow")

    def test_not_in_the_macro(self):
        self.expect("\taw_plant()\n", "\taw_count()\n", "aw_plant")

    def test_not_in_the_table(self):
        self.expect("{ story, indirect }", "{ story, story }", "aw_indirect")

    def test_one_allocation_is_no_loop(self):
        self.expect("aw__alloc_fail_at(n)", "aw__alloc_fail_at(1)", "aw__sow", "aw_indirect", "aw_plant")

    def test_behind_an_attribute(self):
        self.expect("static void indirect", "__attribute__((format(printf, 1, 2))) static void indirect")

    def test_not_run(self):
        self.expect("run(walk)", "run(other)", "aw__sow", "aw_indirect", "aw_plant")

    def test_excused(self):
        without = TEST.replace("\taw_sow(3);\n", "")
        self.assertEqual(self.found(without, {"aw__sow": "a reason"}), [])

    def test_excused_in_vain(self):
        self.assertEqual(self.found(TEST, {"aw__sow": "a reason"}), ["aw__sow is excused, and need not be"])

    def test_a_library_of_another_kind(self):
        found = list(check_memory.check(self.root.name, [], {}))
        self.assertEqual(found, ["nothing allocates: the libraries cannot be read"])


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    COMPILER = sys.argv.pop(1)
    unittest.main()
