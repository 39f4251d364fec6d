/* SPDX-License-Identifier: MIT */
/* Starts subprocesses (aw_process_exec(), aw_process_shell()), records their exit, and counts references to them. */
#include "agent/runtime/process/process.h"

#include "base/alloc.h"
#include "base/options_copy.h"

#include <sys/stat.h>
#include <unistd.h>

static void free_unused(struct aw_process *process)
{
	if (process->users > 0 || process->watched)
		return;
	aw__alloc_free(process);
}

static void on_closed(uv_handle_t *handle)
{
	struct aw_process *process = handle->data;

	process->watched = false;
	free_unused(process);
}

static void on_exit(uv_process_t *uv, int64_t status, int signal)
{
	struct aw_process *process = uv->data;

	process->exited = true;
	process->code = signal != 0 ? -signal : (int)status;
	if (process->id != 0)
		AW__HOOK(handle_closed, process->id);
	aw__link_remove(&process->resource.link);
	aw__waiter_wake(&process->waiters);
	uv_close((uv_handle_t *)uv, on_closed);
}

/* The loop closes while the process runs: report it as unclosed. */
static void abandon(struct aw__resource *resource)
{
	struct aw_process *process = aw__container_of(resource, struct aw_process, resource);

	process->loop = NULL;
	if (process->id != 0)
		AW__HOOK(handle_unclosed, process->id, "process", process->opened);
	uv_close((uv_handle_t *)&process->uv, on_closed);
}

static struct aw_process *create(struct aw_loop *loop)
{
	struct aw_process *process = aw__alloc_zeroed(1, sizeof(*process));

	if (process == NULL)
		return NULL;
	process->loop = loop;
	process->users = 1;
	process->uv.data = process;
	process->resource.abandon = abandon;
	aw__links_init(&process->waiters);
	return process;
}

/* The path to name if a program could not be started: its working folder, or the program. */
static const char *culprit(const char *file, const char *cwd)
{
	struct stat status;

	if (cwd == NULL)
		return file;
	if (stat(cwd, &status) < 0 || !S_ISDIR(status.st_mode) || access(cwd, X_OK) < 0)
		return cwd;
	return file;
}

static aw_error *not_started(int status, const char *file, const char *cwd)
{
	const char *name = culprit(file, cwd);
	aw_error *err = aw_error_from_uv(status, "'%s'", name);

	return aw_error_with_str(err, "filename", name);
}

/* uv_spawn() does not change what the arguments point to: so the casts are safe. */
static int spawn(struct aw_process *process, const struct aw_process_options *options,
		 const char *const *arguments, const struct aw__stdio *stdio)
{
	uv_stdio_container_t containers[3];
	uv_process_options_t uv = {
		.exit_cb = on_exit,
		.file = arguments[0],
		.args = (char **)(uintptr_t)arguments,
		.env = (char **)(uintptr_t)options->environment,
		.cwd = options->cwd,
		.flags = options->new_session ? UV_PROCESS_DETACHED : 0,
		.stdio_count = 3,
		.stdio = containers,
	};

	for (int i = 0; i < 3; i++) {
		containers[i].flags = stdio->child[i] < 0 ? UV_IGNORE : UV_INHERIT_FD;
		containers[i].data.fd = stdio->child[i];
	}
	return uv_spawn(process->loop->uv, &process->uv, &uv);
}

static aw_error *start(struct aw_process *process, const struct aw_process_options *options,
		       const char *const *arguments, struct aw__stdio *stdio)
{
	int status;

	AW_TRY(aw__stdio_streams(stdio, options->limit, process->streams));
	/* libuv has the handle from here on, even if it cannot start the process */
	process->watched = true;
	status = spawn(process, options, arguments, stdio);
	if (status < 0) {
		uv_close((uv_handle_t *)&process->uv, on_closed);
		return not_started(status, arguments[0], options->cwd);
	}
	process->pid = uv_process_get_pid(&process->uv);
	aw__link_append(&process->loop->resources, &process->resource.link);
	if (AW__HOOKED()) {
		process->id = aw_agent_new_id();
		process->opened =
			aw_agent_handle_opened(process->id, "process", aw__current_agent_task());
	}
	return NULL;
}

aw_error *aw_process_exec(const struct aw_process_options *options, const char *const *arguments,
			  aw_process **ret_process)
{
	struct aw_process_options use;
	struct aw_loop *loop = aw__task_must()->future.loop;
	struct aw_process *process;
	struct aw__stdio stdio;
	aw_error *err;

	AW__OPTIONS(aw_process_options, &use, options);
	if (arguments[0] == NULL)
		return aw_raise(aw_ValueError, "a program must be given");
	AW_TRY(aw__stdio_open(&use, &stdio));
	process = create(loop);
	err = process != NULL ? start(process, &use, arguments, &stdio)
			      : aw_raise(aw_MemoryError, NULL);
	aw__stdio_close(&stdio);
	if (err == NULL) {
		*ret_process = process;
		return NULL;
	}
	aw_process_unref(process);
	return err;
}

aw_error *aw_process_shell(const struct aw_process_options *options, const char *command,
			   aw_process **ret_process)
{
	const char *const arguments[] = { "/bin/sh", "-c", command, NULL };

	return aw_process_exec(options, arguments, ret_process);
}

static void check(const struct aw_process *process)
{
	aw__must(process->users > 0, "this process is not referenced any more");
}

aw_process *aw_process_ref(aw_process *process)
{
	if (process != NULL) {
		check(process);
		process->users++;
	}
	return process;
}

aw_process *aw_process_unref(aw_process *process)
{
	if (process == NULL)
		return NULL;
	check(process);
	if (--process->users > 0)
		return NULL;
	for (int i = 0; i < 3; i++)
		process->streams[i] = aw_stream_unref(process->streams[i]);
	free_unused(process);
	return NULL;
}
