#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""scripts/check-style must find mistakes that are planted into a small tree, and nothing else."""
import importlib.machinery
import importlib.util
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts/check-style"


def load():
    loader = importlib.machinery.SourceFileLoader("check_style", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_style", loader))
    loader.exec_module(module)
    return module


style = load()
SPDX = "/* SPDX-License-Identifier: MIT */\n"
OPENING = "/* Adds numbers, for the tests of check-style. */\n"
CODE = "int add(int a, int b)\n{\n\treturn a + b;\n}\n"
GOOD = SPDX + OPENING + CODE


class Planted(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        shutil.copy(ROOT / ".clang-format", self.root)
        self.plant("base/good.c", GOOD)

    def tearDown(self):
        self.folder.cleanup()

    def plant(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def texts(self, path, text):
        self.plant(path, text)
        return list(style.check_texts(self.root))

    def expect(self, found, start, words):
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(start), found)
        self.assertIn(words, found[0])

    def test_clean(self):
        self.assertEqual(list(style.check_texts(self.root)), [])
        self.assertEqual(list(style.check_format(self.root)), [])
        self.assertEqual(list(style.check_commits(self.root)), [])

    # ---- openings ----

    def test_no_opening(self):
        self.expect(self.texts("viewer/a.c", SPDX + CODE), "viewer/a.c:2: ", "no opening comment")

    def test_opening_below_the_includes(self):
        self.expect(self.texts("viewer/a.c", SPDX + "#include <stdio.h>\n" + OPENING), "viewer/a.c:2: ", "no opening comment")

    def test_opening_that_says_nothing(self):
        self.expect(self.texts("viewer/a.c", SPDX + "/* Draws the tree. */\n" + CODE), "viewer/a.c:2: ", "too little")
        self.assertEqual(self.texts("viewer/a.c", SPDX + "/* Draws trees of tasks. */\n" + CODE), [])

    def test_no_license(self):
        self.expect(self.texts("viewer/a.c", OPENING + CODE), "viewer/a.c:1: ", "SPDX")

    def test_opening_of_several_lines(self):
        self.assertEqual(self.texts("viewer/a.c", SPDX + "/*\n * Adds numbers,\n * for all.\n */\n" + CODE), [])

    def test_headers_need_none(self):
        self.assertEqual(self.texts("viewer/a.h", SPDX + "int add(int a, int b);\n"), [])

    # ---- phrases ----

    def test_phrase_in_a_comment(self):
        found = self.texts("viewer/a.c", GOOD + "\n/* Check\n * the cheap\n * truth. */\n")
        self.expect(found, "viewer/a.c:9: ", "assert")

    def test_phrase_at_the_end_of_a_line(self):
        self.expect(self.texts("viewer/a.h", SPDX + "int a; // an enemy's\n"), "viewer/a.h:2: ", "untrusted")

    def test_phrase_in_a_document(self):
        self.expect(self.texts("docs/a.md", "# A\n\n## Who ends a run\n"), "docs/a.md:3: ", "SIGINT")

    def test_phrase_in_a_text_of_the_program(self):
        self.expect(self.texts("viewer/a.c", GOOD + '\nconst char *a = "\\"an enemy";\n'), "viewer/a.c:8: ", "untrusted")

    def test_names_in_code_are_not_read(self):
        text = GOOD + "\nint enemy = '\"', in, peace;\n"
        self.assertEqual(self.texts("viewer/a.c", text), [])

    def test_every_phrase_is_found(self):
        samples = {
            "is no moment", "nothing whole", "says of itself what cannot be", "nobody sees what", "nobody is told",
            "unless somebody is told to", "every way out", "in force is back", "is no command", "what would be 0 is 1",
            "or not any more", "without life", "whom to believe", "excuses nobody", "somebody else's to", "cheap truth",
            "what the dead leave", "who overflows a stack", "is not known any more; that", "all that were part of none",
            "his own mark", "there is a moment", "slots of who", "what it does is go on", "gone without a goodbye", "an enemy",
            "blink of an eye", "in peace",
        }
        self.assertEqual(len(samples), len(style.PHRASES))
        for sample in samples:
            with self.subTest(sample):
                self.expect(self.texts("viewer/a.c", GOOD + "/* So %s. */\n" % sample), "viewer/a.c:7: ", sample)

    def test_history_says_what_was(self):
        self.assertEqual(self.texts("CHANGELOG.md", "an enemy\n"), [])
        self.expect(self.texts("docs/CHANGELOGS.md", "an enemy\n"), "docs/CHANGELOGS.md:1: ", "untrusted")

    # ---- format ----

    @unittest.skipUnless(style.find_clang_format(), "clang-format of that version is not installed")
    def test_format(self):
        self.plant("viewer/a.c", GOOD.replace("\treturn", "  return"))
        self.expect(list(style.check_format(self.root)), "viewer/a.c:4: ", "-i viewer/a.c")

    @unittest.skipUnless(style.find_clang_format(), "clang-format of that version is not installed")
    def test_blocks_of_macros(self):
        block = "int all(void)\n{\n\tAW_WITH_GROUP(group, NULL) {\n\t\tadd(1, 2);\n\t}\n\treturn 0;\n}\n"
        self.plant("viewer/a.c", GOOD + "\n" + block)
        self.assertEqual(list(style.check_format(self.root)), [])

    # ---- commits ----

    def git(self, *arguments):
        identity = ("-c", "user.name=a", "-c", "user.email=a@localhost")
        done = subprocess.run(("git", *identity, *arguments), cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, subject):
        self.git("commit", "--quiet", "--allow-empty", "-m", subject)
        return self.git("rev-parse", "HEAD")

    @unittest.skipUnless(shutil.which("git"), "there is no git")
    def test_commits(self):
        self.git("init", "--quiet")
        self.commit("Before the base nobody looks")
        base = self.commit("base: begin")
        for subject in ("tui: keep the row", "agent/record, proto: read 2 lists", "report: --fail-on reads times"):
            self.commit(subject)
        self.assertEqual(list(style.check_commits(self.root, base)), [])
        for subject, words in (("No area", "not of the form"), ("tui: " + "x" * 68, "longer than 72"),
                               ("tui: adds a row", "not imperative"), ("tui: fixing it", "not imperative")):
            with self.subTest(subject):
                self.commit(subject)
                self.expect(list(style.check_commits(self.root, base)), "commit ", words)
                self.git("reset", "--quiet", "--soft", "HEAD~1")

    @unittest.skipUnless(shutil.which("git"), "there is no git")
    def test_commits_of_a_shallow_clone(self):
        self.git("init", "--quiet")
        base = self.commit("base: begin")
        self.commit("No area")
        shallow = self.root / "shallow"
        self.git("clone", "--quiet", "--depth", "1", self.root.as_uri(), str(shallow))
        self.assertEqual(list(style.check_commits(shallow, base)), [])

    @unittest.skipUnless(shutil.which("git"), "there is no git")
    def test_commits_of_an_older_branch(self):
        self.git("init", "--quiet")
        self.commit("base: begin")
        self.git("branch", "older")
        base = self.commit("base: go on")
        self.git("checkout", "--quiet", "older")
        self.commit("No area")
        self.assertEqual(list(style.check_commits(self.root, base)), [])

    # ---- the whole program ----

    def test_exit_status(self):
        def run(*arguments):
            return subprocess.run([str(SCRIPT), *arguments], capture_output=True, text=True)

        self.assertEqual(run(str(self.root)).returncode, 0)
        self.plant("viewer/a.c", SPDX + CODE)
        done = run(str(self.root))
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stdout.startswith("viewer/a.c:2: "), done.stdout)
        self.assertEqual(run(str(self.root), "more").returncode, 2)


if __name__ == "__main__":
    unittest.main()
