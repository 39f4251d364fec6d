#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""speedscope itself, in a headless browser, imports the export and names its profiles; their numbers equal the
recording's.

    speedscope.py AWRY EXAMPLES_FOLDER
"""
import functools
import http.server
import json
import re
import shutil
import subprocess
import threading

from packages import need, package
from recorded import Recording, check, cut, main, must_fail


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def shown(recording, path):
    """The text of speedscope's page after it has loaded the file."""
    folder = recording.world.path("site")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(package("speedscope"), folder)
    shutil.copy(path, folder + "/profile.json")
    # replace the dialog that reports an import error, which would never be closed
    with open(folder + "/index.html", encoding="utf-8") as file:
        page = file.read()
    with open(folder + "/index.html", "w", encoding="utf-8") as file:
        file.write(page.replace("<head>", "<head><script>window.alert = () => {};</script>", 1))
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--user-data-dir=" + recording.world.path("chromium"), "--virtual-time-budget=15000", "--dump-dom",
             f"{url}/index.html#profileURL={url}/profile.json"],
            capture_output=True, text=True, timeout=750)
        server.shutdown()
    check(done.returncode == 0, "chromium:", done.stderr[-1000:])
    return re.sub(r"<[^>]*>", " ", done.stdout)


def compare(recording, path):
    with open(path, encoding="utf-8") as file:
        try:
            profiles = json.load(file)["profiles"]
        except ValueError as error:
            check(False, "no JSON:", error)
    weights = sum(profiles[0]["weights"])
    life = sum(e["time_ns"] - recording.created[t]["time_ns"] for t, e in recording.done.items())
    check(weights == life, "weights:", weights, "lives:", life)
    opened = sum(e["type"] == "O" for p in profiles[1:] for e in p["events"])
    check(opened == recording.counts["task-step"], "steps:", opened, recording.counts["task-step"])
    check("where tasks spend their time" in shown(recording, path), "the profile's name is not shown")


def speedscope_shows_it():
    with Recording() as recording:
        path = recording.export("speedscope")
        compare(recording, path)
        must_fail("a cut profile", compare, recording, cut(path))
        # speedscope itself reports no error for a broken file
        broken = recording.world.path("broken.json")
        with open(broken, "w", encoding="utf-8") as file:
            file.write('{"shared":{"frames":[]},"profiles":[]}')
        check("where tasks spend their time" not in shown(recording, broken), "a broken file is shown")


need("chromium")
main(speedscope_shows_it)
