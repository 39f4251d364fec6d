/* SPDX-License-Identifier: MIT */
/* Functions for test_walk.c, compiled without frame pointers. */
#include "walk_shapes.h"

#include <alloca.h>
#include <string.h>

/* The functions still to call; path[-1] is the current function's own number. */
struct rest {
	const unsigned *path;
	unsigned depth;
	void (*callback)(void *);
	void *arg;
};

static _Thread_local volatile unsigned sink;

static void go_on(const struct rest *rest);

/* The smallest frame that a call needs. */
__attribute__((noinline)) static void small(const struct rest *rest)
{
	go_on(rest);
	sink++;
}

__attribute__((noinline)) static void large(const struct rest *rest)
{
	volatile char space[5000];

	space[rest->depth] = 1;
	go_on(rest);
	sink += (unsigned)space[rest->depth];
}

/* A frame of variable size needs the frame pointer. Its memory holds stale values of earlier calls. */
__attribute__((noinline)) static void variable(const struct rest *rest)
{
	volatile char *space = alloca(1 + rest->path[-1] % 3000);

	space[0] = 1;
	go_on(rest);
	sink += (unsigned)space[0];
}

/* So many values live across the calls that all registers are in use, even the frame pointer. */
__attribute__((noinline)) static void busy(const struct rest *rest)
{
	unsigned a = sink, b = a * 3, c = b ^ 5, d = c + 7, e = d * 11, f = e ^ a, g = f + b;

	go_on(rest);
	sink += a ^ b ^ c ^ d ^ e ^ f ^ g;
	if (rest->depth > 1000)
		go_on(rest);
	sink += a + b * c + d * e + f * g;
}

/* Passes arguments on the stack; calls() makes this call or another one. */
__attribute__((noinline)) static void pass(const struct rest *rest, unsigned a, unsigned b,
					   unsigned c, unsigned d, unsigned e, unsigned f,
					   unsigned g, unsigned h)
{
	go_on(rest);
	sink += a + b + c + d + e + f + g + h;
}

__attribute__((noinline)) static void calls(const struct rest *rest)
{
	const unsigned n = rest->path[-1];

	if (n % 2 == 0)
		pass(rest, n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7);
	else
		go_on(rest);
	sink++;
}

static void (*const shapes[])(const struct rest *) = { small, large, variable, busy, calls };

__attribute__((noinline)) static void go_on(const struct rest *rest)
{
	const struct rest next = { rest->path + 1, rest->depth - 1, rest->callback, rest->arg };

	if (rest->depth == 0)
		rest->callback(rest->arg);
	else
		shapes[rest->path[0] % (sizeof(shapes) / sizeof(shapes[0]))](&next);
	sink++;
}

void walk_through(const unsigned *path, unsigned depth, void (*callback)(void *), void *arg)
{
	const struct rest rest = { path, depth, callback, arg };

	go_on(&rest);
	sink++;
}
