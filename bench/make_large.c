/* SPDX-License-Identifier: MIT */
/*
 * make_large EVENTS PATH: writes a recording like that of a busy server. Its connections are tasks, which wait, are
 * woken and sometimes fail (mostly with a retrieved error), on two loops, one of which is sometimes blocked.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <awry/agent.h>

#include "proto/encode.h"
#include "proto/finding.h"

#define LIVE	      2000u /* connections at any time */
#define STACKS	      500u
#define STEPS	      6u /* waits of one connection, on average */
#define FAILS_ONE_IN  200u
#define LOST_ONE_IN   20000u
#define BLOCKS_ONE_IN 3000000u
#define PORTION	      (1u << 20)

enum { FILE_NAME = 1, FUNCTION = 2, TYPE = 3, PLACE = 4, FIRST_STACK = 100 };

struct making {
	int fd;
	struct aw__encoder *encoder;
	struct aw__buffer out;
	uint64_t events, wanted, time_ns, random;
	uint64_t task, error, finding, stacks;
	uint64_t live[LIVE];
};

static void flush(struct making *making, size_t enough)
{
	size_t done = 0;

	if (making->out.length < enough)
		return;
	while (done < making->out.length) {
		ssize_t wrote =
			write(making->fd, making->out.data + done, making->out.length - done);

		if (wrote <= 0) {
			perror("make_large");
			exit(1);
		}
		done += (size_t)wrote;
	}
	aw__buffer_clear(&making->out);
}

/* xorshift64, so that each run writes the same recording. */
static uint64_t chance(struct making *making, uint64_t below)
{
	making->random ^= making->random << 13;
	making->random ^= making->random >> 7;
	making->random ^= making->random << 17;
	return making->random % below;
}

static void define(struct making *making, uint32_t id, enum aw__definition_kind kind,
		   uint32_t count, const uint64_t *numbers, const char *text)
{
	struct aw__item item = { .kind = AW__ITEM_DEFINITION };

	item.definition =
		(struct aw__definition){ id, kind, count, (uint32_t)strlen(text), numbers, text };
	aw__encoder_item(making->encoder, &item);
}

static void tell(struct making *making, struct aw__event event)
{
	struct aw__item item = { .kind = AW__ITEM_EVENT, .event = event };

	making->time_ns += 200 + chance(making, 2000);
	item.event.time_ns = making->time_ns;
	item.event.thread = event.subject % 2;
	aw__encoder_item(making->encoder, &item);
	making->events++;
	flush(making, PORTION);
}

static uint64_t new_stack(struct making *making)
{
	uint64_t numbers[AW__STACK_FRAMES + 4] = { 0 };

	if (making->stacks < STACKS) {
		for (unsigned i = 0; i < 4; i++)
			numbers[AW__STACK_FRAMES + i] = AW__FRAME_IS_PLACE | PLACE;
		numbers[AW__STACK_LINK] = making->stacks > 0 ? FIRST_STACK + making->stacks / 2 : 0;
		define(making, FIRST_STACK + (uint32_t)making->stacks, AW__STACK,
		       AW__STACK_FRAMES + 4, numbers, "");
		return FIRST_STACK + making->stacks++;
	}
	return FIRST_STACK + chance(making, STACKS);
}

static void begin(struct making *making)
{
	static const uint64_t place[AW__PLACE_NUMBERS] = { FUNCTION, FILE_NAME, 42, 0 }, root = 0;
	struct aw__item hello = { .kind = AW__ITEM_HELLO };

	hello.hello = (struct aw__hello){ .major = AW__PROTOCOL_MAJOR,
					  .minor = AW__PROTOCOL_MINOR,
					  .pid = 4242,
					  .process_start_ticks = 1,
					  .monotonic_ns = 1000000000,
					  .realtime_ns = UINT64_C(1700000000000000000),
					  .runtime = "awry",
					  .program = "/usr/bin/server" };
	aw__encoder_begin(making->encoder);
	aw__encoder_item(making->encoder, &hello);
	making->time_ns = hello.hello.monotonic_ns;
	define(making, FILE_NAME, AW__STRING, 0, NULL, "server.c");
	define(making, FUNCTION, AW__STRING, 0, NULL, "serve_connection");
	define(making, TYPE, AW__TYPE, 1, &root, "ConnectionResetError");
	define(making, PLACE, AW__PLACE, AW__PLACE_NUMBERS, place, "");
	for (uint64_t loop = 1; loop <= 2; loop++)
		tell(making, (struct aw__event){ .kind = AW__LOOP_OPENED,
						 .subject = loop,
						 .loop_opened = { loop },
						 .text = "loop",
						 .text_length = 4 });
}

static void start_task(struct making *making, size_t at)
{
	char name[32];
	int length = snprintf(name, sizeof(name), "connection-%" PRIu64, ++making->task);

	making->live[at] = making->task;
	tell(making,
	     (struct aw__event){ .kind = AW__TASK_CREATED,
				 .subject = making->task,
				 .created = { making->task > LIVE ? 1 : 0, PLACE, new_stack(making),
					      making->task % 2 + 1, 0 },
				 .text = making->task % 4 == 0 ? name : "",
				 .text_length = making->task % 4 == 0 ? (uint32_t)length : 0 });
}

static void fail(struct making *making, uint64_t task, bool lost)
{
	static const uint64_t nothing[AW__FINDING_NUMBERS];
	uint64_t error = ++making->error;

	tell(making, (struct aw__event){ .kind = AW__ERROR,
					 .subject = error,
					 .error = { TYPE, task, PLACE, FIRST_STACK, 0 },
					 .list = nothing,
					 .list_length = 2,
					 .text = "connection reset by peer",
					 .text_length = 24 });
	tell(making, (struct aw__event){ .kind = AW__TASK_DONE,
					 .subject = task,
					 .done = { AW_OUTCOME_ERROR, error, 5000, STEPS } });
	if (lost)
		tell(making, (struct aw__event){
				     .kind = AW__FINDING,
				     .subject = ++making->finding,
				     .finding = { AW__NEVER_RETRIEVED, task, error,
						  FIRST_STACK + chance(making, making->stacks), 0 },
				     .list = nothing,
				     .list_length = AW__FINDING_NUMBERS });
	else
		tell(making, (struct aw__event){ .kind = AW__ERROR_RETRIEVED,
						 .subject = error,
						 .retrieved = { task, 1 } });
}

static void end_task(struct making *making, uint64_t task)
{
	if (chance(making, FAILS_ONE_IN) == 0)
		fail(making, task, chance(making, LOST_ONE_IN / FAILS_ONE_IN) == 0);
	else
		tell(making, (struct aw__event){ .kind = AW__TASK_DONE,
						 .subject = task,
						 .done = { AW_OUTCOME_RESULT, 0, 5000, STEPS } });
}

static void live_on(struct making *making)
{
	size_t at = chance(making, LIVE);
	uint64_t task = making->live[at];

	if (chance(making, STEPS) == 0 && task != 1) {
		end_task(making, task);
		start_task(making, at);
		return;
	}
	tell(making, (struct aw__event){ .kind = AW__TASK_WOKEN, .subject = task });
	tell(making, (struct aw__event){ .kind = AW__TASK_STEP, .subject = task });
	tell(making, (struct aw__event){ .kind = AW__TASK_WAIT,
					 .subject = task,
					 .wait = { AW_WAIT_READ, task + 1000000 } });
	if (chance(making, BLOCKS_ONE_IN) == 0)
		tell(making, (struct aw__event){
				     .kind = AW__LOOP_UNBLOCKED,
				     .subject = 1,
				     .loop_unblocked = { 100000000 + chance(making, 900000000) } });
}

int main(int argc, char **argv)
{
	static struct making making = { .random = 88172645463325252u };
	struct aw__item goodbye = { .kind = AW__ITEM_GOODBYE };

	if (argc != 3 || (making.wanted = strtoull(argv[1], NULL, 10)) == 0) {
		fprintf(stderr, "make_large EVENTS PATH\n");
		return 2;
	}
	making.fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	making.encoder = aw__encoder_create(&making.out);
	if (making.fd < 0 || making.encoder == NULL) {
		perror(argv[2]);
		return 1;
	}
	begin(&making);
	for (size_t at = 0; at < LIVE; at++)
		start_task(&making, at);
	while (making.events < making.wanted)
		live_on(&making);
	goodbye.goodbye.monotonic_ns = making.time_ns;
	aw__encoder_item(making.encoder, &goodbye);
	flush(&making, 1);
	aw__encoder_destroy(making.encoder);
	aw__buffer_finish(&making.out);
	return close(making.fd) == 0 ? 0 : 1;
}
