# SPDX-License-Identifier: MIT
from error_story import *

def many(count, name="g"):
    return raised(ExceptionGroup(name, [raised(ValueError(str(i))) for i in range(count)]))

def deep(depth):
    e = raised(ValueError("bottom"))
    for i in range(depth):
        e = raised(ExceptionGroup(f"level {i}", [raised(TypeError(f"beside {i}")), e]))
    return e

for count in 1, 14, 15, 16, 17, 40:
    shown(many(count), max_group_width=15, max_group_depth=10)
for depth in 9, 10, 11, 12, 15:
    shown(deep(depth), max_group_width=15, max_group_depth=10)
for width in 1, 2, 3:
    for depth in 1, 2:
        shown(raised(ExceptionGroup("outer", [many(3, "inner"), many(1, "small"), many(4, "large")])),
              max_group_width=width, max_group_depth=depth)
        shown(raised(KeyError("k"), cause=deep(4)), max_group_width=width, max_group_depth=depth)
