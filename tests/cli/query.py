#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""awry query: its forms, the queries that have a name, what it refuses, and how it ends.

    query.py AWRY EXAMPLES_FOLDER
"""
import csv
import io
import json
import os
import re
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES = map(os.path.abspath, sys.argv[1:3])
LOST = os.path.join(EXAMPLES, "lost_error")
DOC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "exports.md")
VALUES = ("SELECT 1 AS n, 2.5 AS r, NULL AS none, '' AS empty, x'01ff' AS b, 'a\"b,c' || char(10, 27) || 'é' AS t, 3 AS n")
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT "


class Recorded(World):
    def __init__(self):
        super().__init__(AWRY)

    def __enter__(self):
        super().__enter__()
        self.trace = self.path("run.awry")
        self.good("run", "-o", self.trace, "--", LOST, AWRY_DETAIL="steps")
        return self


def names(world):
    return [line.split()[0] for line in world.good("query", "--list").splitlines()]


def the_forms_have_the_same_values():
    with Recorded() as world:
        text = world.good("query", world.trace, VALUES)
        check(text == "n    r  none  empty  b        t             n\n"
                      "1  2.5  NULL         x'01ff'  a\"b,c\\n\\x1bé  3\n", repr(text))
        rows = json.loads(world.good("query", "--json", world.trace, VALUES))
        check(rows == [{"n": 1, "r": 2.5, "none": None, "empty": "", "b": "x'01ff'", "t": "a\"b,c\n\033é", "n_2": 3}], rows)
        done = subprocess.run([AWRY, "query", "--csv", world.trace, VALUES], env=world.environment, capture_output=True,
                              timeout=300, check=True)
        check(done.stdout == b'n,r,none,empty,b,t,n\r\n1,2.5,,"",x\'01ff\',"a""b,c\n\x1b\xc3\xa9",3\r\n', done.stdout)
        check(len(list(csv.reader(io.StringIO(done.stdout.decode(), newline="")))) == 2, done.stdout)
        check(world.good("query", world.trace, "SELECT 'é' AS t", LC_ALL="C") == "t\n\\u00e9\n", "not ASCII")


def no_rows_are_a_header_or_an_empty_list():
    with Recorded() as world:
        none = "SELECT 1 AS n WHERE 0"
        check(world.good("query", world.trace, none) == "n\n", "text")
        check(json.loads(world.good("query", "--json", world.trace, none)) == [], "JSON")
        check(world.good("query", "--csv", world.trace, none).splitlines() == ["n"], "CSV")


def many_rows_are_all_there():
    with Recorded() as world:
        for count in (499, 500, 501, 20000):
            sql = ENDLESS + f"x FROM c LIMIT {count}"
            wanted = [str(i + 1) for i in range(count)]
            check([line.strip() for line in world.good("query", world.trace, sql).splitlines()] == ["x"] + wanted, count)
            check([str(row["x"]) for row in json.loads(world.good("query", "--json", world.trace, sql))] == wanted, count)


def the_tables_are_those_of_the_export():
    with Recorded() as world:
        report = world.json("report", world.trace)
        [row] = json.loads(world.good("query", "--json", world.trace, "SELECT count(*) AS n FROM findings"))
        check(row["n"] == report["finding_count"] == 1, row)
        check("lost" not in world.good("query", world.trace, "SELECT function FROM frames").splitlines()[0], "header")
        check("amain" in world.good("query", world.trace, "SELECT function FROM frames"), "no symbols")


def every_kind_of_source_is_read():
    with Recorded() as world:
        process = world.start(os.path.join(EXAMPLES, "market_feed"), "-m", "200", "-l", "3600", AWRY_STDERR="none")
        process.stdout.readline()
        sql = "SELECT pid FROM process"
        for target in (str(process.pid), world.sockets()[0]):
            check(json.loads(world.good("query", "--json", target, sql)) == [{"pid": process.pid}], target)
        world.crash(process)
        check(json.loads(world.good("query", "--json", str(process.pid), sql)) == [{"pid": process.pid}], "the black box")
        with open(world.trace, "rb") as file:
            whole = file.read()
        with open(world.path("cut.awry"), "wb") as file:
            file.write(whole[:-5])
        done = world.run_awry("query", world.path("cut.awry"), "SELECT count(*) FROM tasks")
        check(done.returncode == 1 and "what comes before is queried" in done.stderr and done.stdout, done)
        done = world.run_awry("query", world.path("nothing"), sql)
        check(done.returncode == 1 and len(done.stderr.splitlines()) == 1, done)


def every_named_query_runs():
    with Recorded() as world:
        with open(DOC, encoding="utf-8") as file:
            documented = dict(re.findall(r"\(`([a-z-]+)`\):\n\n```sql\n(.*?)^```", file.read(), re.M | re.S))
        listed = names(world)
        check(set(documented) | {"leaks"} == set(listed), documented.keys(), listed)
        for name in listed:
            text = world.good("query", world.trace, name)
            check(len(text.splitlines()) > (name != "leaks"), name, text)
            json.loads(world.good("query", "--json", world.trace, name))
            if name in documented:
                check(world.good("query", world.trace, documented[name]) == text, name, "is documented differently")
            check(f"  {name} " in world.good("query", "--help"), name, "is not in --help")


def refused(world, sql, *words):
    done = world.run_awry("query", world.trace, sql)
    check(done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1, sql, done)
    for word in words:
        check(word in done.stderr, sql, "gives", done.stderr)


def a_wrong_query_is_one_line():
    with Recorded() as world:
        refused(world, "SELECT FORM tasks", "at byte ")
        refused(world, "SELECT * FROM task", "no such table: task; tables are blocks, ", "task_tree")
        refused(world, "SELECT nonesuch FROM tasks", "no such column: nonesuch", "at byte 8")
        refused(world, "SELECT 1; SELECT 2", "only one statement")
        refused(world, "SELECT ?", "parameter")
        refused(world, " -- nothing", "empty")
        refused(world, 'SELECT * FROM "\033[31m\n\u202e"', "\\x1b[31m\\n\\u202e")
        check(world.good("query", world.trace, "SELECT 1 AS n; -- the end\n ;") == "n\n1\n", "a semicolon at the end")
        for words in (["query"], ["query", world.trace], ["query", world.trace, "leak"], ["query", world.trace, "a b", "c d"],
                      ["query", "--json", "--csv", world.trace, "leaks"]):
            done = world.run_awry(*words)
            check(done.returncode == 2 and done.stdout == "", words, done)
        check("allowed are waits, " in world.run_awry("query", world.trace, "leak").stderr, "the names")
        done = world.run_awry("query", world.trace, "SELECT abs(-9223372036854775807 - 1)")
        check(done.returncode == 1 and "overflow" in done.stderr, done)


def a_query_only_reads():
    with Recorded() as world:
        out = world.path("written.db")
        for sql in (f"ATTACH '{out}' AS other", f"VACUUM INTO '{out}'", "DELETE FROM tasks", "CREATE TABLE t(x)", "DROP TABLE tasks",
                    "CREATE TEMP TABLE t(x)", "UPDATE tasks SET name = 'x'", "INSERT INTO losses VALUES(1, 1, 1, 'x')",
                    "PRAGMA query_only = OFF", "PRAGMA writable_schema = 1", "BEGIN IMMEDIATE",
                    "DETACH main", "REINDEX tasks", "DELETE FROM tasks RETURNING task"):
            refused(world, sql, "only reading is allowed")
        refused(world, "SELECT load_extension('x')", "not authorized to use function: load_extension")
        for sql in (f"SELECT writefile('{out}', 'x')", "SELECT readfile('/etc/passwd')"):
            refused(world, sql)
        check(not os.path.exists(out), "a file was written")
        refused(world, "UPDATE sqlite_schema SET sql = ''")
        check(world.good("query", world.trace, "SELECT value FROM json_each('[7]')") == "value\n    7\n", "json_each")
        check("creator" in world.good("query", world.trace, "SELECT name FROM pragma_table_info('tasks')"), "columns")


def an_endless_query_ends():
    with Recorded() as world:
        process = world.start(AWRY, "query", "--csv", world.trace, ENDLESS + "x FROM c")
        check(process.stdout.readline().strip() == "x" and process.stdout.readline() == "1\n", "it does not stream")
        process.stdout.close()
        check(process.wait(timeout=300) in (1, -signal.SIGPIPE), "| head", process.returncode)
        process = world.start(AWRY, "query", world.trace, ENDLESS + "x FROM c")
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        check(process.wait(timeout=300) == -signal.SIGINT, "Ctrl-C", process.returncode)


main(
    the_forms_have_the_same_values,
    no_rows_are_a_header_or_an_empty_list,
    many_rows_are_all_there,
    the_tables_are_those_of_the_export,
    every_kind_of_source_is_read,
    every_named_query_runs,
    a_wrong_query_is_one_line,
    a_query_only_reads,
    an_endless_query_ends,
)
