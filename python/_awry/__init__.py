# SPDX-License-Identifier: MIT
"""The parts of awry that awry.pth needs. They are not in the package awry, because a program may have a module of that name."""
