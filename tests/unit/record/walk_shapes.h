/* SPDX-License-Identifier: MIT */
/* Functions whose frames differ: with a frame pointer, without one, of any size, in one of several calls. */
#ifndef AW_TEST_WALK_SHAPES_H
#define AW_TEST_WALK_SHAPES_H

/** Call `callback` below one function for each element of `path`, which says which. */
void walk_through(const unsigned *path, unsigned depth, void (*callback)(void *), void *arg);

#endif
