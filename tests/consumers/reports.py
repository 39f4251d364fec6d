#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each report is read as its users do: by validators with the formats' schemas, and by a browser.

    reports.py AWRY EXAMPLES_FOLDER HOSTILE FINDINGS FOLDER     FOLDER: where npm's packages are kept

Each is compared with the recording's JSON report, and each validator must refuse a broken file.
"""
import copy
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, HOSTILE, FINDINGS, FOLDER = sys.argv[1:6]
MODULES = os.path.join(FOLDER, "node_modules")
ROOT = os.path.join(HERE, "..", "..")
OUR_SCHEMA = os.path.join(ROOT, "docs", "schema", "report-1.json")
PROGRAMS = ((os.path.join(EXAMPLES, "market_feed"), "-m", "1500", "-n", "2"), (HOSTILE,),
            (os.path.join(EXAMPLES, "never_awaited"),), (os.path.join(EXAMPLES, "task_group"),))


def npm():
    """Install the packages of package-lock.json; npm verifies their hashes."""
    os.makedirs(FOLDER, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(HERE, name), FOLDER)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True,
                          text=True, timeout=1200)
    check(done.returncode == 0, "npm ci:", done.stdout, done.stderr)


def recordings(world):
    for number, command in enumerate(PROGRAMS):
        trace = world.path(f"{number}.awry")
        world.call(*command, AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_TRACE=trace)
        yield trace, world.json("report", trace)


def fits(world, schema, document):
    path = world.path("document.json")
    with open(path, "w") as file:
        json.dump(document, file)
    done = subprocess.run(["node", os.path.join(HERE, "validate.mjs"), MODULES, schema, path], capture_output=True,
                          text=True, timeout=300)
    check(done.returncode in (0, 1) and not done.stderr, done.stderr)
    return done.returncode == 0, done.stdout


def the_json_fits_its_schema():
    with World(AWRY) as world:
        for trace, report in recordings(world):
            good, why = fits(world, OUR_SCHEMA, report)
            check(good, trace, why)
            for name in ("schema", "version", "findings", "errors", "stacks"):
                broken = copy.deepcopy(report)
                del broken[name]
                check(not fits(world, OUR_SCHEMA, broken)[0], "a report without", name, "fits")
            if report["findings"]:
                broken = copy.deepcopy(report)
                broken["findings"][0]["fingerprint"] = "0x12"
                check(not fits(world, OUR_SCHEMA, broken)[0], "a fingerprint that is none fits")
            told = {stack["id"] for stack in report["stacks"]}
            check(len(told) == len(report["stacks"]), "a stack is told twice")
            named = {holder["stack"] for holder in report["findings"] + report["errors"]}
            named |= {stack["link"] for stack in report["stacks"]}
            check(named <= told | {None}, "not told:", named - told)


def sarif_fits_the_standard():
    [schema] = [os.path.join(at, name) for at, _, names in os.walk(os.path.join(MODULES, "@microsoft"))
                for name in names if name == "sarif-2.1.0.json"]
    with World(AWRY) as world:
        for trace, report in recordings(world):
            sarif = json.loads(world.good("report", trace, "--format", "sarif"))
            good, why = fits(world, schema, sarif)
            check(good, trace, why)
            [run] = sarif["runs"]
            rules = run["tool"]["driver"]["rules"]
            check([one["ruleId"] for one in run["results"]] == [one["kind"] for one in report["findings"]], trace)
            for result, finding in zip(run["results"], report["findings"]):
                check(rules[result["ruleIndex"]]["id"] == result["ruleId"], result)
                check(result["occurrenceCount"] == finding["count"], result)
                check(result["partialFingerprints"] == {"awryFinding/v1": finding["fingerprint"]}, result)
                check(result["locations"], "no place:", result)
                if finding["error"] is not None:
                    flow = result["codeFlows"][0]["threadFlows"][0]["locations"]
                    said = [step["location"]["message"]["text"] for step in flow]
                    check(any("created here" in one for one in said) and any("raised here" in one for one in said)
                          and "lost" in said[-1], said)
            for break_it in (lambda one: one["runs"][0]["tool"].pop("driver"),
                             lambda one: one.update(version="2.2.0"),
                             lambda one: one["runs"][0].update(columnKind="bytes"),
                             lambda one: one["runs"][0]["results"].append({"message": {}})):
                broken = copy.deepcopy(sarif)
                break_it(broken)
                check(not fits(world, schema, broken)[0], "a broken file is taken for SARIF")


def fingerprints_are_the_same_over_runs():
    with World(AWRY) as world:
        prints = []
        for number in range(2):
            trace = world.path(f"run-{number}.awry")
            world.call(HOSTILE, AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_TRACE=trace)
            prints.append(sorted(one["fingerprint"] for one in world.json("report", trace)["findings"]))
        check(prints[0] and prints[0] == prints[1], prints)


def xmllint(path):
    return subprocess.run(["xmllint", "--nonet", "--noout", "--schema", os.path.join(HERE, "junit.xsd"), path],
                          capture_output=True, text=True, timeout=300)


def junit_fits_its_schema():
    with World(AWRY) as world:
        for trace, report in recordings(world):
            path = world.path("junit.xml")
            world.good("report", trace, "--format", "junit", "-o", path, "--force")
            done = xmllint(path)
            check(done.returncode == 0, trace, done.stderr)
            root = ElementTree.parse(path).getroot()
            failures = root.findall(".//failure")
            check(len(failures) == len(report["findings"]) == int(root.get("failures")), trace)
            check([one.get("type") for one in failures] == [one["kind"] for one in report["findings"]], trace)
            check(len(root.findall(".//testcase")) == int(root.get("tests")), trace)
            with open(path) as file:
                text = file.read()
            for broken in (text.replace("</testsuite>", "", 1), text.replace('tests="', 'test="', 1),
                           text.replace("<testcase", "<testcase\x01", 1)):
                with open(path, "w") as file:
                    file.write(broken)
                check(xmllint(path).returncode != 0, "a broken file passes")


def github_gets_one_line_a_finding():
    command = re.compile(r"::(error|warning|notice) (?:file=([^,:\r\n]+)(?:,line=([0-9]+))?,)?title=[^,:\r\n]+::([^\r\n]+)")
    with World(AWRY) as world:
        for trace, report in recordings(world):
            lines = world.good("report", trace, "--format", "github").split("\n")
            check(lines.pop() == "" and len(lines) == len(report["findings"]), lines)
            for line, finding in zip(lines, report["findings"]):
                found = command.fullmatch(line)
                check(found, line)
                check(not re.search("%(?!25|0A|0D|00|3A|2C)", found[4]), "a bare percent sign in", line)
                text = found[4].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
                check(finding["meaning"].split()[0] in text, text)


def browse(world, path):
    chromium = shutil.which("chromium")
    check(chromium, "there is no chromium: scripts/install-dependencies --all")
    done = subprocess.run(["node", os.path.join(HERE, "page.mjs"), chromium, path], capture_output=True, text=True, timeout=600)
    check(done.returncode == 0, done.stderr)
    return json.loads(done.stdout)


def the_page_works_alone_and_shows_text_only():
    with World(AWRY) as world:
        for trace, report in recordings(world):
            path = world.path("page.html")
            world.good("report", trace, "--format", "html", "-o", path, "--force")
            seen = browse(world, path)
            check(seen["console"] == [] and seen["alerts"] == [], seen["console"], seen["alerts"])
            check(seen["requests"] == ["file://" + path], seen["requests"])
            check(seen["findings"] == len(report["findings"]) == int(seen["ready"]), trace, seen["findings"])
            check(seen["open"] == min(50, len(report["findings"])), seen["open"])
            check(seen["strangers"] == 0 and seen["elements"] == 2, "elements that are not the page's own")
            check(seen["filtered"] == 0, "the filter lets through", seen["filtered"])
            if report["findings"]:
                check(seen["drawn"] and seen["zoomed"], "the timeline is not drawn or does not move")
                check(re.match(r"\+(\d+ [num]s|\d+\.\d s|\d+m\d\ds)  ", seen["hint"]), "the time of a finding:", seen["hint"])
            check(seen["narrowest"] > 200, "on a telephone what was found has", seen["narrowest"], "pixels")
            first = {finding["error"] for finding in report["findings"][:50]}
            for site in [error["site"] for error in report["errors"] if error["id"] in first and error["site"]]:
                check((site["function"] or "") in seen["text"], "the page does not show that", site, "raised it")
            if report["process"]["program"].endswith("/market_feed"):
                check('aw_raise_from(err, DataProcessingError, "message' in seen["text"], "the raise has no line of source")
            for finding in report["findings"]:
                check(finding["meaning"] in seen["text"], finding["kind"], "is not explained")
            if HOSTILE in report["process"]["program"]:
                check("</script><img src=x onerror=alert(1)><!--" in seen["text"], "the hostile name is not shown as text")


def the_page_writes_durations_as_the_terminal_does():
    with open(os.path.join(ROOT, "viewer", "report", "html", "page.js"), encoding="utf-8") as file:
        [function] = re.findall(r"\tconst duration = .*?\n\t};\n", file.read(), re.S)
    # the first rows: those of tests/unit/viewer/test_text.c
    expected = {"0": "0 ns", "1999": "1 us", "340e6": "340 ms", "2560e6": "2.5 s", "200e9": "3m20s", "66e9": "1m06s", "7200e9": "2h00m",
                "273600e9": "3d04h", "-1999": "-1 us", "-66e9": "-1m06s", "2010e6, 10e6": "2.01 s", "2e9, 5e8": "2.0 s",
                "5500e3, 100e3": "5.5 ms"}
    for arguments, text in expected.items():
        done = subprocess.run(["node", "-p", f"{function}duration({arguments})"], capture_output=True, text=True, timeout=60)
        check(done.stdout == text + "\n", arguments, "is", done.stdout, done.stderr)


def the_page_shows_where_tasks_waited():
    """The wait stacks of a finding's task, and of each task of a deadlock."""
    with World(AWRY) as world:
        for case, heading in (("orphan", "it waited here, most recent call first"), ("deadlock", "waits here, most recent call first")):
            trace, path = world.path(f"{case}.awry"), world.path("page.html")
            world.call(FINDINGS, case, AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_TRACE=trace, AWRY_ORPHAN_MS="300",
                       AWRY_DEADLOCK_MS="300")
            report = world.json("report", trace)
            [finding] = [finding for finding in report["findings"] if finding["kind"].startswith(case)]
            stacks = {stack["id"]: stack["frames"] for stack in report["stacks"]}
            waits = [member["wait_stack"] for member in finding["members"]] if case == "deadlock" else [finding["wait_stack"]]
            world.good("report", trace, "--format", "html", "-o", path, "--force")
            shown = browse(world, path)["text"].split(heading)[1:]
            check(len(shown) == len(waits), case, shown)
            for text, wait in zip(shown, waits):
                for frame in stacks[wait]:
                    check((frame["function"] or "") in text, case, frame, "is not in", text)


def a_broken_page_is_noticed():
    with World(AWRY) as world:
        trace, _ = next(recordings(world))
        path = world.path("page.html")
        world.good("report", trace, "--format", "html", "-o", path)
        with open(path) as file:
            text = file.read()
        for broken in (text.replace('"use strict";', '"use strict"; ', 1),  # the script no longer matches its hash
                       text.replace("<h1>", '<img src="http://127.0.0.1:9/x.png"><h1>', 1)):
            with open(path, "w") as file:
                file.write(broken)
            check(browse(world, path)["console"], "nobody complains")


def a_page_of_ten_thousand_findings():
    """The page's own data, multiplied, make a page with that many groups."""
    with World(AWRY) as world:
        trace, _ = next(recordings(world))
        path = world.path("page.html")
        world.good("report", trace, "--format", "html", "-o", path)
        with open(path) as file:
            text = file.read()
        row = re.search(r'<details class="finding.*?</details>\n', text)[0]
        with open(path, "w") as file:
            file.write(text.replace(row, row * 10000, 1))
        seen = browse(world, path)
        check(seen["findings"] >= 10000 and seen["console"] == [] and seen["filtered"] == 0, seen["console"])


npm()
main(the_json_fits_its_schema, sarif_fits_the_standard, fingerprints_are_the_same_over_runs, junit_fits_its_schema,
     github_gets_one_line_a_finding, the_page_works_alone_and_shows_text_only,
     the_page_writes_durations_as_the_terminal_does, the_page_shows_where_tasks_waited,
     a_broken_page_is_noticed, a_page_of_ten_thousand_findings)
