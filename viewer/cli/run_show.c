/* SPDX-License-Identifier: MIT */
/* `awry run --tui`: runs the full-screen viewer on the processes of a run, with the command's output in a pane. */
#include <signal.h>

#include "viewer/cli/run.h"
#include "viewer/cli/viewer_host.h"

size_t aw__run_fds(void *arg, struct pollfd *fds, size_t most)
{
	const struct aw__run *run = arg;
	const int own[AW__RUN_OWN_FDS] = { run->listener.fd, run->child.signal_fd, run->output.fd,
					   run->child.ended ? -1 : run->child.pid_fd };
	size_t count = 0;

	for (size_t i = 0; i < AW__RUN_OWN_FDS && count < most; i++)
		if (own[i] >= 0)
			fds[count++] = (struct pollfd){ .fd = own[i], .events = POLLIN };
	return count;
}

/* The viewer blocks signals while it works: a pending one ends it next. */
static bool is_leaving(void)
{
	sigset_t waiting;

	return sigpending(&waiting) == 0 &&
	       (sigismember(&waiting, SIGINT) || sigismember(&waiting, SIGTERM) ||
		sigismember(&waiting, SIGHUP));
}

/* Output of an interrupted command goes to the restored terminal, not to the pane. */
static void look(void *arg, struct aw__viewer_host *host)
{
	struct aw__run *run = arg;

	aw__child_forward(&run->child);
	aw__child_check(&run->child);
	aw__run_accept(run);
	if (!is_leaving())
		aw__run_output_read(&run->output, false);
	while (host->count < run->count)
		if (!aw__viewer_host_add(host, &run->processes[host->count]->session))
			return;
}

static bool over(void *arg)
{
	const struct aw__run *run = arg;

	return run->child.ended && run->output.fd < 0;
}

static const char *written(void *arg, size_t *ret_length)
{
	const struct aw__run *run = arg;

	*ret_length = run->output.text.length;
	return aw__buffer_string(&run->output.text);
}

/* Run the viewer until the user quits. Processes whose streams it has read to the end count as disconnected. */
void aw__run_show(struct aw__run *run)
{
	struct aw__viewer_host host = {
		.arg = run,
		.look = look,
		.poll = aw__run_fds,
		.over = over,
		.output = written,
	};

	aw__viewer_host_run(&host);
	for (size_t i = 0; i < host.count; i++) {
		run->processes[i]->connected = !host.items[i]->process.ended;
		aw__run_print_new(run, run->processes[i]);
	}
	aw__viewer_host_finish(&host);
}
