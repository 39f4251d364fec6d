/* SPDX-License-Identifier: MIT */
/*
 * Uses each options struct of the public headers, for options.py: options TYPE [set]
 *
 * Compiled against headers in which the structs have fewer members than the library's, or one more, `later`. Each struct
 * ends just before unreadable memory, so that a library that reads more than `size` bytes gets SIGSEGV. With `set`, `later`
 * is not 0.
 */
#include <awry.h>
#include <awry/agent_start.h>
#include <awry/tls.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool later;

/* A copy of `length` bytes that ends just before an unreadable page. */
static void *at_the_end(const void *bytes, size_t length)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) != 0 || length > page)
		exit(90);
	return memcpy(pages + page - length, bytes, length);
}

static void *with_later(void *bytes, size_t offset, size_t length)
{
	if (later)
		memset((char *)bytes + offset, 1, length - offset);
	return bytes;
}

#if defined(NEWER)
#define OPTIONS(type, options)                                                                     \
	((struct type *)with_later(at_the_end(options, sizeof(struct type)),                       \
				   offsetof(struct type, later), sizeof(struct type)))
#else
#define OPTIONS(type, options) ((struct type *)at_the_end(options, sizeof(struct type)))
#endif

static void check(bool truth, int line)
{
	if (!truth) {
		fprintf(stderr, "options_program.c:%d: not as expected\n", line);
		exit(1);
	}
}
#define CHECK(truth) check(truth, __LINE__)

static aw_error *count(void *arg, void **ret)
{
	++*(int *)arg;
	return NULL;
}

static aw_error *use_task(void)
{
	int called = 0;
	aw_task *task = aw_task_create_with(
		aw_call(count, &called), OPTIONS(aw_task_options, AW_TASK_OPTS(.name = "named")));
	aw_group *group = aw_group_open(NULL);

	CHECK(strcmp(aw_task_name(task), "named") == 0);
	CHECK(called == 0); /* .eager is false */
	AW_TRY(aw_await(task, NULL));
	aw_task_unref(task);
	aw_group_create_task_with(group, aw_call(count, &called),
				  OPTIONS(aw_task_options, AW_TASK_OPTS(.name = "member")));
	AW_TRY(aw_group_close(&group, NULL));
	CHECK(called == 2);
	return NULL;
}

static aw_error *serve(aw_stream *stream, void *arg)
{
	return NULL;
}

static aw_error *connect_to(aw_server *server, const struct aw_connect_options *options)
{
	aw_stream *stream = NULL;

	AW_TRY(aw_stream_connect_with(options, "127.0.0.1", aw_server_port(server), &stream));
	aw_stream_unref(stream);
	return NULL;
}

static aw_error *use_server(void)
{
	char path[] = "/tmp/awry-options-XXXXXX";
	aw_server *server = NULL;

	AW_TRY(aw_server_start_with(OPTIONS(aw_server_options, AW_SERVER_OPTS(.limit = 100)),
				    "127.0.0.1", 0, serve, NULL, &server));
	CHECK(aw_server_is_serving(server)); /* .idle is false */
	AW_TRY(connect_to(server, NULL));
	aw_server_stop(server);
	CHECK(mkdtemp(path) != NULL && chdir(path) == 0);
	AW_TRY(aw_server_start_unix(OPTIONS(aw_server_options, AW_SERVER_OPTS(.limit = 100)),
				    "socket", serve, NULL, &server));
	aw_server_stop(server);
	unlink("socket");
	CHECK(rmdir(path) == 0);
	return NULL;
}

static aw_error *use_connect(void)
{
	aw_server *server = NULL;

	AW_TRY(aw_server_start("127.0.0.1", 0, serve, NULL, &server));
	AW_TRY(connect_to(server, OPTIONS(aw_connect_options, AW_CONNECT_OPTS(.limit = 100))));
	aw_server_stop(server);
	return NULL;
}

static aw_error *use_process(void)
{
	const char *const arguments[] = { "true", NULL };
	aw_process *process = NULL;
	int code = -1;

	AW_TRY(aw_process_exec(OPTIONS(aw_process_options, AW_PROCESS_OPTS(.in = AW_STDIO_NULL)),
			       arguments, &process));
	AW_TRY(aw_process_wait(process, &code));
	aw_process_unref(process);
	CHECK(code == 0);
	return NULL;
}

static aw_error *use_breaker(void)
{
	int called = 0;
	aw_breaker *breaker =
		aw_breaker_create(OPTIONS(aw_breaker_options, AW_BREAKER_OPTS(.name = "service")));

	AW_TRY(aw_breaker_call(breaker, count, &called, NULL));
	aw_breaker_destroy(breaker);
	CHECK(called == 1);
	return NULL;
}

static aw_error *use_retry(void)
{
	int called = 0;

	AW_TRY(aw_retry(OPTIONS(aw_retry_options, AW_RETRY_OPTS(.name = "retry")), count, &called,
			NULL));
	CHECK(called == 1);
	return NULL;
}

static aw_error *use_fallback(void)
{
	const struct aw_service services[] = { { .name = "one", .fn = count } };
	int called = 0;
	aw_fallback *fallback = aw_fallback_create(OPTIONS(
		aw_fallback_options, AW_FALLBACK_OPTS(.services = services, .service_count = 1)));

	AW_TRY(aw_fallback_call(fallback, &called, NULL));
	aw_fallback_destroy(fallback);
	CHECK(called == 1);
	return NULL;
}

static aw_error *use_error_stats(void)
{
	aw_error_stats *stats = aw_error_stats_create(
		OPTIONS(aw_error_stats_options, AW_ERROR_STATS_OPTS(.history = 10)));

	CHECK(aw_error_stats_total(stats) == 0);
	aw_error_stats_destroy(stats);
	return NULL;
}

static aw_error *use_error_print(void)
{
	aw_error *errs[] = { aw_raise(aw_KeyError, "a"), aw_raise(aw_KeyError, "b") };
	aw_error *group = aw_error_group("two", errs, 2);
	char *text = aw_error_format_with(
		group, OPTIONS(aw_error_print_options, AW_ERROR_PRINT_OPTS(.max_group_width = 1)));

	CHECK(strstr(text, "and 1 more exception") != NULL);
	free(text);
	aw_error_unref(group);
	return NULL;
}

/* The call fails, because the peer does not speak TLS, but only after it has read the options. */
static void has_failed(aw_error *err, const aw_error_type *type)
{
	CHECK(aw_error_is(err, type));
	aw_error_unref(err);
}

static aw_error *use_tls(void)
{
	aw_tls_context *context = NULL;

	AW_TRY(aw_tls_client(OPTIONS(aw_tls_options, AW_TLS_OPTS(.ca_file = NULL)), &context));
	aw_tls_context_unref(context);
	has_failed(aw_tls_server(OPTIONS(aw_tls_options, AW_TLS_OPTS(.ca_file = NULL)), &context),
		   aw_ValueError);
	return NULL;
}

static aw_error *use_tls_start(void)
{
	aw_tls_context *context = NULL;
	aw_server *server = NULL;
	aw_stream *stream = NULL;

	AW_TRY(aw_tls_client(NULL, &context));
	AW_TRY(aw_server_start("127.0.0.1", 0, serve, NULL, &server));
	has_failed(
		aw_tls_connect(context, AW_CONNECT_OPTS(.limit = 100),
			       OPTIONS(aw_tls_start_options, AW_TLS_START_OPTS(.server_name = "a")),
			       "127.0.0.1", aw_server_port(server), &stream),
		aw_OSError);
	AW_TRY(aw_stream_connect("127.0.0.1", aw_server_port(server), &stream));
	has_failed(aw_stream_start_tls(
			   stream, context,
			   OPTIONS(aw_tls_start_options, AW_TLS_START_OPTS(.server_name = "a"))),
		   aw_OSError);
	aw_stream_unref(stream);
	aw_server_stop(server);
	aw_tls_context_unref(context);
	return NULL;
}

static aw_error *use_tls_server(void)
{
	aw_tls_context *context = NULL;
	aw_server *server = NULL;

	AW_TRY(aw_tls_client(NULL, &context));
	has_failed(aw_tls_server_start(context,
				       OPTIONS(aw_server_options, AW_SERVER_OPTS(.limit = 100)),
				       OPTIONS(aw_tls_server_options,
					       AW_TLS_SERVER_OPTS(.handshake_timeout = 1)),
				       "127.0.0.1", 0, serve, NULL, &server),
		   aw_ValueError); /* a client's context */
	aw_tls_context_unref(context);
	return NULL;
}

static aw_error *use_agent(void)
{
	const bool started =
		aw_agent_start_with(OPTIONS(aw_agent_options, AW_AGENT_OPTS(.runtime = "options")));

	CHECK(started == !later);
	aw_agent_stop();
	return NULL;
}

static aw_error *use_nothing(void)
{
	return NULL;
}

static const struct use {
	const char *type;
	aw_error *(*fn)(void);
} uses[] = {
	{ "aw_agent_options", use_agent },
	{ "aw_breaker_options", use_breaker },
	{ "aw_connect_options", use_connect },
	{ "aw_error_print_options", use_error_print },
	{ "aw_error_stats_options", use_error_stats },
	{ "aw_fallback_options", use_fallback },
	{ "aw_process_options", use_process },
	{ "aw_retry_options", use_retry },
	{ "aw_run_options", use_nothing }, /* in main() */
	{ "aw_server_options", use_server },
	{ "aw_task_options", use_task },
	{ "aw_tls_options", use_tls },
	{ "aw_tls_server_options", use_tls_server },
	{ "aw_tls_start_options", use_tls_start },
};

static aw_error *amain(void *arg, void **ret)
{
	const struct use *use = arg;

	return use->fn();
}

int main(int count, char **arguments)
{
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]) && count > 1; i++) {
		if (strcmp(uses[i].type, arguments[1]) != 0)
			continue;
		later = count > 2;
		if (uses[i].fn != use_nothing)
			return aw_exit_status(aw_run(amain, (void *)&uses[i], NULL));
		return aw_exit_status(
			aw_run_with(OPTIONS(aw_run_options, AW_RUN_OPTS(.label = "loop")), amain,
				    (void *)&uses[i], NULL));
	}
	return 91;
}
