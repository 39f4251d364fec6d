# SPDX-License-Identifier: MIT
import errno
import os

def story(number, *names):
    args = [number, os.strerror(number)]
    if names:
        args.append(names[0])
    if len(names) > 1:
        args += [None, names[1]]
    e = OSError(*args)
    print(f"{type(e).__name__}: {e}")
    print(repr(e), e.filename, e.filename2)

story(errno.ENOENT)
story(errno.ENOENT, "x")
story(errno.ENOENT, "")
story(errno.EACCES, "it's", "b")
story(errno.EXDEV, "a\nb", "tab\t'\"")
story(errno.EEXIST, "grün", "\x7f\x01")
story(errno.ENOTDIR, "back\\slash")
story(errno.EISDIR, '"')
try:
    open("/nonexistent/file")
except OSError as e:
    print(f"{type(e).__name__}: {e}", repr(e), e.filename)
try:
    os.rename("/nonexistent/a", "/nonexistent/b")
except OSError as e:
    print(f"{type(e).__name__}: {e}", repr(e), e.filename, e.filename2)
