# SPDX-License-Identifier: MIT
"""awry: shows where async code goes awry.

Where this package is installed, ``AWRY_DEBUG=1 python app.py`` records the program and prints its findings on stderr, and
``python -m awry`` (or ``awry``) is the program that runs, attaches, replays and reports: see ``awry --help``.
"""
