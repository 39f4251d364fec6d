# SPDX-License-Identifier: MIT
from error_story import *

class Batch(ExceptionGroup):
    def derive(self, excs):
        return Batch(self.message, excs)

def make(cls):
    def R(e): return raised(e)
    inner = R(cls("in", [R(TypeError("t")), R(ValueError(2))]))
    group = cls("g", [R(ValueError(1)), inner, R(ExceptionGroup("plain", [R(ValueError(3))]))])
    group.add_note("n")
    return raised(group, cause=R(KeyError("cause")), context=R(OSError("context")))

for cls in ExceptionGroup, Batch:
    for part in make(cls).split(ValueError):
        tree(part)
        parts(part)
        print(isinstance(part, Batch), isinstance(part, Exception), type(part.exceptions[-1]).__name__)
        shown(part)
for members in [ValueError()], [KeyboardInterrupt()], [ValueError(), KeyboardInterrupt()]:
    group = BaseExceptionGroup("b", members)
    print(type(group).__name__, isinstance(group, Exception))
    print(type(BaseExceptionGroup("x", [SystemExit()]).derive(members)).__name__)
try:
    ExceptionGroup("none", [])
except ValueError as e:
    print(type(e).__name__)
