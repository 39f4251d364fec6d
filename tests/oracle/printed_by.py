#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Run a story, and note for each output line which line of the story printed it.

    printed_by.py STORY NOTES
"""
import os
import runpy
import sys


class Noting:
    """Replaces sys.stdout: notes for each newline the number of the story's innermost line, 0 if there is none."""

    def __init__(self, stream, story, notes):
        self.stream, self.story, self.notes = stream, story, notes

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def write(self, text):
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self.story:
            frame = frame.f_back
        os.write(self.notes, f"{frame.f_lineno if frame else 0}\n".encode() * text.count("\n"))
        return self.stream.write(text)


story = sys.argv[1]
sys.path[0] = os.path.dirname(story)
sys.stdout = Noting(sys.stdout, story, os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND))
sys.argv[:] = [story]
runpy.run_path(story, run_name="__main__")
