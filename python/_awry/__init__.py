# SPDX-License-Identifier: MIT
"""What the package awry and awry.pth share. Its name is not awry: a program may have a module of that name."""
