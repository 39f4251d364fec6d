/* SPDX-License-Identifier: MIT */
/*
 * Opens the recorder with a box in a temporary folder, for the tests of the recorder. A process has one recorder,
 * so each test program has one fixture.
 */
#include "box_fixture.h"

#include <awry/agent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/dev/shm/awry-test-XXXXXX";
static struct aw__box box;

struct aw__record_options box_fixture_small(void)
{
	return (struct aw__record_options){
		.stack_depth = 16,
		.wait_stacks = true,
		.ring_bytes = 64u << 10,
		.memory_bytes = 4u << 20,
		.starved_ns = UINT64_C(1000000000),
	};
}

static void fail(const struct aw__problem *problem)
{
	fprintf(stderr, "box fixture: %s\n", problem->text);
	exit(1);
}

void box_fixture_next(const struct aw__record_options *options)
{
	struct aw__problem problem;
	const void *base;
	size_t bytes;

	if (!aw__record_open(options, "test", &problem))
		fail(&problem);
	base = aw__record_base(&bytes);
	if (!aw__box_view(&box, base, bytes, "the box", &problem))
		fail(&problem);
}

void box_fixture_open(const struct aw__record_options *options)
{
	struct aw__problem problem = { "no folder" };

	if (mkdtemp(folder) == NULL)
		fail(&problem);
	setenv("AWRY_RUNTIME_DIR", folder, 1);
	aw__stack_load();
	box_fixture_next(options);
	aw_agent_switch = 1;
}

const struct aw__box *box_fixture_box(void)
{
	return &box;
}

bool box_fixture_close(void)
{
	aw_agent_switch = 0;
	aw__record_close();
	return rmdir(folder) == 0;
}
