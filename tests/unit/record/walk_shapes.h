/* SPDX-License-Identifier: MIT */
/* Functions with different frames: with a frame pointer, without one, of any size, in one of several calls. */
#ifndef AW_TEST_WALK_SHAPES_H
#define AW_TEST_WALK_SHAPES_H

/** Call `callback` through one function for each element of `path`; the element selects the function. */
void walk_through(const unsigned *path, unsigned depth, void (*callback)(void *), void *arg);

#endif
