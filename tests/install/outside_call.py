# SPDX-License-Identifier: MIT
"""For tests that use awry from other projects: run a command that must succeed, and check its results."""
import os
import subprocess
import sys


def call(*command, **variables):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWRY_")}
    environment.update(variables)
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600)
    if done.returncode != 0:
        sys.exit(f"{command} exited with {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def expect(condition, *words):
    if not condition:
        sys.exit(" ".join(map(str, words)))
