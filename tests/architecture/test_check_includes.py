#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_includes.py must find mistakes that are planted into a copy of the tree, and nothing else."""
import pathlib
import shutil
import sys
import tempfile
import unittest

import check_includes

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("base", "proto", "symbols", "agent", "viewer", "include")


class Planted(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        for name in FOLDERS:
            shutil.copytree(ROOT / name, self.root / name)

    def tearDown(self):
        self.folder.cleanup()

    def plant(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def expect(self, found, path, words):
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(path), found)
        self.assertIn(words, found[0])

    def include(self, path, name, words):
        self.plant(path, "int before;\n  #  include %s\n" % name)
        self.expect(list(check_includes.check_includes(self.root)), path + ":2:", words)

    def header(self, text, words):
        shutil.rmtree(self.root / "include")
        self.plant("include/awry/planted.h", text)
        self.expect(list(check_includes.check_headers(self.root)), "include/awry/planted.h", words)

    def test_clean(self):
        self.assertEqual(list(check_includes.check_includes(self.root)), [])

    def test_base_includes_nothing(self):
        self.include("base/planted.c", '"agent/hook/hook.h"', "base may include nothing")

    def test_runtime_never_record(self):
        self.plant("agent/record/planted.h", "")
        self.include("agent/runtime/loop/planted.c", '"agent/record/planted.h"', "agent/runtime/loop may include")

    def test_floors_of_the_runtime(self):
        below = ("fiber", "error", "loop", "task", "run")
        for upper in below[1:] + ("compose", "sync", "stream", "process", "resilience"):
            self.plant("agent/runtime/%s/planted.h" % upper, "")
        for lower, upper in (*zip(below, below[1:]), ("task", "compose"), ("task", "sync"), ("compose", "stream"), ("sync", "run"),
                             ("stream", "process"), ("stream", "resilience"), ("process", "run")):
            with self.subTest("%s knows %s" % (lower, upper)):
                path = "agent/runtime/%s/planted.c" % lower
                self.include(path, '"agent/runtime/%s/planted.h"' % upper, "agent/runtime/%s may include" % lower)
                (self.root / path).unlink()

    def test_record_never_watch(self):
        self.plant("agent/watch/planted.h", "")
        self.include("agent/record/planted.c", '"agent/watch/planted.h"', "agent/record may include")

    def test_watch_never_stream(self):
        self.plant("agent/stream/planted.h", "")
        self.include("agent/watch/planted.c", '"agent/stream/planted.h"', "agent/watch may include")

    def test_model_knows_no_bytes(self):
        self.include("viewer/model/planted.c", '"proto/frame.h"', "viewer/model may include")

    def test_views_do_not_know_each_other(self):
        self.plant("viewer/tui/planted.h", "")
        self.include("viewer/report/planted.c", '"viewer/tui/planted.h"', "viewer/report may include")

    def test_generated_types(self):
        self.include("agent/stream/planted.c", '"proto/awry.pb-c.h"', "only proto/encode and proto/decode")

    def test_libuv_stays_in_the_runtime(self):
        self.include("agent/stream/planted.c", "<uv.h>", "only agent/runtime/")

    def test_public_headers_know_public_headers(self):
        self.include("include/awry/planted.h", '"base/buffer.h"', "public headers only")

    def test_public_headers_in_brackets(self):
        self.include("agent/runtime/loop/planted.c", '"awry/agent.h"', "<awry/agent.h>")

    def test_missing_file(self):
        self.include("agent/runtime/loop/planted.c", '"agent/runtime/no_such.h"', "no such file")

    def test_unknown_folder(self):
        self.plant("agent/elsewhere/planted.c", "")
        self.expect(list(check_includes.check_includes(self.root)), "agent/elsewhere", "not in the table")

    def test_header_that_needs_another(self):
        shutil.rmtree(self.root / "include")
        self.plant("include/awry/planted.h", "#pragma once\nuint32_t f(void);\n")
        found = list(check_includes.check_headers(self.root))
        self.assertEqual(len(found), 2, found)
        self.assertIn("does not compile alone as C11", found[0])

    def test_header_that_is_not_cplusplus(self):
        self.header("#pragma once\nstruct s { int new; };\n", "does not compile alone as C++")

    def test_header_without_a_guard(self):
        shutil.rmtree(self.root / "include")
        self.plant("include/awry/planted.h", "struct s { int i; };\n")
        self.assertEqual(len(list(check_includes.check_headers(self.root))), 2)

    def test_header_that_is_clean(self):
        shutil.rmtree(self.root / "include")
        self.plant("include/awry/planted.h", "#pragma once\nstruct s { int i; };\n")
        self.assertEqual(list(check_includes.check_headers(self.root)), [])


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
