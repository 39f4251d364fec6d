# SPDX-License-Identifier: MIT
"""The parts of awry that awry.pth needs. They are not in the package awry, because a program may have a module of that name.

PYTEST_DONT_REWRITE: with AWRY_DEBUG=1 this is imported before pytest, which would warn that it cannot rewrite its assertions.
"""
