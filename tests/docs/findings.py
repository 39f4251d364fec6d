#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""docs/python-findings.md: each program prints what the page says, under plain Python, in asyncio's debug mode and under awry; mended, it has no finding.

    findings.py BUILD AWRY PYTHON

The page has a section for every kind of finding that a Python program can have.
"""
import concurrent.futures
import os
import re
import sys
import tempfile

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [f"{PROJECT}/tests"]
import documents  # noqa: E402
import venvs  # noqa: E402
from awry_test import Failure, World, check, main  # noqa: E402

BUILD, AWRY, PYTHON = map(os.path.abspath, sys.argv[1:4])
PAGE = f"{PROJECT}/docs/python-findings.md"
NOT_IN_PYTHON = {"scope-left-open", "stack-overflow"}
NOT_OF_THE_PROGRAM = {"lost-events"}
AT_ONCE = 3  # most sections wait for timers
WRONG = """## A wrong output

```python app.py
import asyncio
asyncio.run(asyncio.sleep(0, print("one")))
```

```console
$ python app.py
two
```

## A mistake that is not mended

```python app.py
import asyncio

async def main():
    asyncio.sleep(0)

asyncio.run(main())
```

```diff app.py
-    asyncio.sleep(0)
+    asyncio.sleep(1)
```

## A wrong diff

```python app.py
print("one")
```

```diff app.py
-print("two")
+print("three")
```

## A command that fails

```console
$ false
```
"""


def sections_of(path):
    return [section for section in documents.read(path) if section.blocks]


def outcomes(path):
    """The result of each section: None, or its failure."""
    with World(AWRY) as world, tempfile.TemporaryDirectory(prefix="awry-test-docs-") as folder:
        python = venvs.create(folder, PYTHON, BUILD)

        def run(section):
            # a busy machine must not add findings of blocked loops to other outputs
            patience = {} if section.title.startswith("blocked-loop") else {"AWRY_BLOCKED_MS": "60000"}
            try:
                documents.Runner(venvs.environment(world.environment, python)).run(section, **patience)
            except Failure as failure:
                return failure
            return None

        sections = sections_of(path)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            return list(zip(sections, pool.map(run, sections)))


def every_section_is_true():
    failed = [str(failure) for _, failure in outcomes(PAGE) if failure is not None]
    check(not failed, "\n".join(["", *failed]))


def every_kind_has_a_section():
    with World(AWRY) as world:
        shown = world.good("run", "--help").split("\nKinds:\n")[1].split("\n\n")[0]
    kinds = set(re.findall(r"^  ([a-z-]+)  ", shown, re.MULTILINE))
    check(len(kinds) >= 15, kinds)
    sections = sections_of(PAGE)
    wrong = {section.title.split(":")[0] for section in sections} ^ (kinds - NOT_IN_PYTHON - NOT_OF_THE_PROGRAM)
    check(not wrong, "kinds without a section, or sections without a kind:", wrong)
    for section in sections:
        languages = [block.language for block in section.blocks]
        check(languages == ["python", *["console"] * (len(languages) - 2), "diff"], section.title, languages)
        check(section.blocks[0].text.count("\n") <= 20, section.title, "has a long program")


def wrong_sections_fail():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wrong.md")
        with open(path, "w", encoding="utf-8") as file:
            file.write(WRONG)
        for section, failure in outcomes(path):
            check(failure is not None, "this passed:", section.title)


main(every_kind_has_a_section, wrong_sections_fail, every_section_is_true)
