# SPDX-License-Identifier: MIT
from error_story import *

def V(text="v", **kw): return raised(ValueError(text), **kw)
def G(text, *errs, **kw): return raised(ExceptionGroup(text, list(errs)), **kw)
shown(G("members have causes", V("a", cause=V("of a")), V("b", context=V("before b"))))
shown(G("has a cause", V("a"), cause=V("why")))
shown(G("has a context", V("a"), context=G("earlier", V("e1"), V("e2"))))
shown(G("outer", G("inner", V("a"), cause=G("cause of inner", V("c"))), V("z")))
shown(raised(RuntimeError("plain at the end"), cause=G("a group before", V("a", cause=V("x")), V("b"))))
shown(raised(RuntimeError("hides"), context=G("not shown", V("a")), none=True))
shown(G("last", V("a"), G("its last has a cause", V("b"), V("c", cause=G("deep", V("d"))))))
