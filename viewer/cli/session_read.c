/* SPDX-License-Identifier: MIT */
/* Reads the target of a command to its end; the stream of a live process, up to the present. */
#include <poll.h>

#include "base/clock.h"
#include "viewer/cli/cli.h"

#define QUIET_MS  300
#define SILENT_NS (5 * UINT64_C(1000000000))

/* How long a live process has been read, and when its last complete item came. */
struct listening {
	uint64_t since_ns;
	uint64_t heard_ns, heard; /* time and number of the last complete item */
};

/*
 * The stream of a live process does not end. Everything was read when the stream is quiet for a while, or sends events from
 * after the reading began. If bytes arrive but no complete item, reading is given up.
 */
static enum aw__source_status wait_for_more(const struct aw__session *session,
					    struct listening *listening,
					    struct aw__problem *problem)
{
	uint64_t items = aw__model_counts(session->model)->items;
	struct pollfd poll_fd = { .fd = aw__source_fd(session->source), .events = POLLIN };
	uint64_t now_ns = aw__clock_monotonic_ns();

	if (items != listening->heard) {
		listening->heard = items;
		listening->heard_ns = now_ns;
	}
	if (now_ns - listening->heard_ns > SILENT_NS) {
		aw__problem_set(problem, "sends bytes, but no complete frame for %d s",
				(int)(SILENT_NS / 1000000000u));
		return AW__SOURCE_FAILED;
	}
	if (aw__model_now_ns(session->model) > listening->since_ns + QUIET_MS * UINT64_C(1000000))
		return AW__SOURCE_WAIT;
	return poll(&poll_fd, 1, QUIET_MS) == 1 ? AW__SOURCE_GOT : AW__SOURCE_WAIT;
}

bool aw__session_read(struct aw__session *session)
{
	uint64_t since_ns = aw__clock_monotonic_ns();
	struct listening listening = { since_ns, since_ns, 0 };
	enum aw__source_status status;
	struct aw__problem problem;
	struct aw__item item;

	if (aw__source_kind(session->source) == AW__SOURCE_TRACE)
		return aw__session_read_trace(session, AW__INDEX_NEVER);
	if (aw__cli_at()->kind != AW__AT_END) {
		aw__cli_fail("%s: --at needs a trace", session->target);
		session->failed = true;
		return false;
	}
	for (;;) {
		status = aw__source_next(session->source, &item, &problem);
		if (status == AW__SOURCE_GOT)
			aw__session_ingest(session, &item);
		else if (status == AW__SOURCE_DAMAGED)
			aw__session_damaged(session, &problem);
		else if (status == AW__SOURCE_WAIT)
			status = wait_for_more(session, &listening, &problem);
		if (status != AW__SOURCE_GOT && status != AW__SOURCE_DAMAGED)
			break;
	}
	aw__session_tell_end(session, status, &problem);
	aw__model_lasts(session->model, aw__session_now(session));
	return !session->failed;
}
