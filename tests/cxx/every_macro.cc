// SPDX-License-Identifier: MIT
// Uses every macro of the public headers in C++, and checks its result. cxx.py checks that none is missing.
#include <awry.h>
#include <awry/agent.h>
#include <awry/agent_resilience.h>
#include <awry/interpreter.h>
#include <awry/tls.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <initializer_list>
#include <unistd.h>

#define CHECK(truth)                                                                               \
	do {                                                                                       \
		if (!(truth)) {                                                                    \
			std::fprintf(stderr, "%s:%d: not as expected: %s\n", __FILE__, __LINE__,   \
				     #truth);                                                      \
			std::exit(1);                                                              \
		}                                                                                  \
	} while (0)

#if AW_VERSION < AW_VERSION_NUMBER(AW_VERSION_MAJOR, AW_VERSION_MINOR, AW_VERSION_PATCH)
#error "AW_VERSION"
#endif

AW_ERROR_TYPE_DECLARE(ServiceError);
AW_ERROR_TYPE(ServiceError, aw_Exception);
static const aw_var request = AW_VAR("request", .otherwise = nullptr, .required = true);
static const aw_var plain = AW_VAR("plain");

#define COUNTED(Name, Base) +1
static const int types = 0 AW_ERROR_TYPES(COUNTED);

AW_API AW_MUST_USE AW_PRINTF(1, 2) int counted(const char *format, ...);
AW_AGENT_API int exported(void);

int counted(const char *format, ...)
{
	return static_cast<int>(std::strlen(format));
}

int exported(void)
{
	return 1;
}

// Whether the error has this type and text; unrefs it.
static bool is(aw_error *err, const aw_error_type *type, const char *text)
{
	const bool result = aw_error_is(err, type) && std::strcmp(aw_error_message(err), text) == 0;

	aw_error_unref(err);
	return result;
}

static bool is(aw_error *err, const aw_error_type *type)
{
	const bool result = aw_error_is(err, type);

	aw_error_unref(err);
	return result;
}

static aw_error *raise_list(const char *format, ...)
{
	va_list list;
	aw_error *err;

	va_start(list, format);
	err = aw_raise_v(ServiceError, format, list);
	va_end(list);
	return err;
}

static void raising()
{
	aw_error *errs[] = { aw_raise(aw_KeyError, "a"), aw_raise(aw_KeyError, nullptr) };
	aw_error *more[] = { aw_raise(aw_KeyError, "b") };

	CHECK(is(aw_raise(ServiceError, "%d and %s", 1, "two"), aw_Exception, "1 and two"));
	CHECK(is(raise_list("%d", 7), ServiceError, "7"));
	CHECK(is(aw_raise_from(aw_raise(aw_OSError, "x"), aw_ValueError, "y"), aw_ValueError, "y"));
	CHECK(is(aw_error_group("two", errs, 2), aw_ExceptionGroup, "two"));
	CHECK(is(aw_error_group_of(aw_BaseExceptionGroup, "one", more, 1), aw_BaseExceptionGroup,
		 "one"));
	CHECK(is(aw_error_from_errno(ECONNREFUSED, nullptr), aw_ConnectionRefusedError));
	CHECK(is(aw_error_from_uv(-ENOENT, "%s", "x"), aw_FileNotFoundError));
	CHECK(is(aw_raise_os(ENOENT, "x", nullptr), aw_FileNotFoundError));
	CHECK(is(aw_raise_key("x"), aw_KeyError, "'x'"));
	CHECK(is(aw_raise_incomplete_read("abc", 3, 5), aw_IncompleteReadError));
	CHECK(is(aw_raise_limit_overrun("too long", 3), aw_LimitOverrunError));
}

static void websockets()
{
	const aw_ws_close done = { 1000, "bye" };
	const aw_ws_header header = { "Server", "x" };
	aw_ws_response response = aw_ws_response();

	response.status = 503;
	response.headers = &header;
	response.header_count = 1;
	CHECK(is(aw_raise_connection_closed(&done, &done, true), aw_ConnectionClosedOK));
	CHECK(is(aw_raise_invalid_header(aw_InvalidHeader, "Upgrade", "x"), aw_InvalidHeader));
	CHECK(is(aw_raise_invalid_header_format("Upgrade", "no token", "x", 1),
		 aw_InvalidHeaderFormat));
	CHECK(is(aw_raise_invalid_origin("http://x"), aw_InvalidOrigin));
	CHECK(is(aw_raise_invalid_status(&response), aw_InvalidStatus));
	CHECK(is(aw_raise_invalid_status_code(&response), aw_InvalidStatusCode));
	CHECK(is(aw_raise_abort_handshake(&response), aw_AbortHandshake));
	CHECK(is(aw_raise_redirect_handshake("ws://x"), aw_RedirectHandshake));
	CHECK(is(aw_raise_duplicate_parameter("p"), aw_DuplicateParameter));
	CHECK(is(aw_raise_invalid_parameter_name("p"), aw_InvalidParameterName));
	CHECK(is(aw_raise_invalid_parameter_value("p", "v"), aw_InvalidParameterValue));
	CHECK(is(aw_raise_invalid_uri("x", "no scheme"), aw_InvalidURI));
	CHECK(is(aw_raise(aw_WebSocketProtocolError, "x"), aw_ProtocolError));
}

static void printing()
{
	aw_error *errs[] = { aw_raise(aw_KeyError, "a"), aw_raise(aw_KeyError, "b") };
	aw_error *group = aw_error_group("two", errs, 2);
	char *text = aw_error_format_with(group, AW_ERROR_PRINT_OPTS(.max_group_width = 1));

	CHECK(std::strstr(text, "and 1 more exception") != nullptr);
	std::free(text);
	text = aw_error_json(group, AW_ERROR_JSON_BYTES);
	CHECK(std::strstr(text, "\"count\": 3") != nullptr);
	std::free(text);
	aw_error_unref(group);
}

static aw_error *twice(void *arg, void **ret)
{
	AW_TRY(aw_sleep(AW_US(1)));
	if (ret != nullptr)
		*ret = AW_PTR(2 * AW_INT(arg));
	return nullptr;
}

static aw_error *fail(void *, void **)
{
	return aw_raise(ServiceError, "failed");
}

static aw_error *gathering()
{
	void *results[3];
	aw_outcome outcomes[2];
	aw_task *task = aw_spawn(twice, AW_PTR(2));
	aw_future *future = aw_future_create();

	AW_TRY(aw_future_set_result(future, AW_PTR(6)));
	AW_TRY(aw_gather(results, aw_call(twice, AW_PTR(1)), task, future));
	CHECK(AW_INT(results[0]) == 2 && AW_INT(results[1]) == 4 && AW_INT(results[2]) == 6);
	AW_TRY(aw_gather(nullptr, aw_call(twice, AW_PTR(1))));
	AW_TRY(aw_gather_all(outcomes, aw_call(twice, AW_PTR(4)), aw_call(fail, nullptr)));
	CHECK(AW_INT(outcomes[0].result) == 8 && is(outcomes[1].error, ServiceError, "failed"));
	aw_task_unref(task);
	aw_future_unref(future);
	return nullptr;
}

static aw_error *tasks()
{
	void *result = nullptr;
	aw_task *task = aw_task_create_with(aw_call(twice, AW_PTR(3)),
					    AW_TASK_OPTS(.name = "three", .eager = false));

	CHECK(std::strcmp(aw_task_name(task), "three") == 0);
	AW_TRY(aw_await(task, &result));
	CHECK(AW_INT(result) == 6);
	aw_task_unref(task);
	task = aw_task_create_with(aw_call(twice, AW_PTR(3)), AW_TASK_OPTS());
	AW_TRY(aw_await(task, nullptr));
	aw_task_unref(task);
	return nullptr;
}

static int called;

static void call(void *arg)
{
	called += static_cast<int>(AW_INT(arg));
}

static void task_done(aw_task *, void *arg)
{
	call(arg);
}

static void future_done(aw_future *, void *arg)
{
	call(arg);
}

static aw_error *callbacks()
{
	aw_task *task = aw_spawn(twice, nullptr);
	aw_future *future = aw_future_create();
	aw_context *context = aw_context_copy();
	aw_loop *loop = aw_loop_current();

	CHECK(aw_call_soon(call, AW_PTR(1)) != nullptr);
	CHECK(aw_call_soon_in(context, call, AW_PTR(10)) != nullptr);
	CHECK(aw_call_later(AW_MS(1), call, AW_PTR(100)) != nullptr);
	CHECK(aw_call_at(aw_now() + AW_MS(1), call, AW_PTR(1000)) != nullptr);
	AW_TRY(aw_call_soon_threadsafe(loop, call, AW_PTR(10000)));
	AW_TRY(aw_task_add_done_callback(task, task_done, AW_PTR(100000)));
	AW_TRY(aw_future_add_done_callback(future, future_done, AW_PTR(1000000)));
	AW_TRY(aw_loop_add_signal_handler(loop, SIGUSR1, call, AW_PTR(10000000)));
	AW_TRY(aw_future_set_result(future, nullptr));
	AW_TRY(aw_await(task, nullptr));
	std::raise(SIGUSR1);
	while (called != 11111111)
		AW_TRY(aw_sleep(AW_MS(1)));
	CHECK(aw_loop_remove_signal_handler(loop, SIGUSR1));
	aw_context_unref(context);
	aw_future_unref(future);
	aw_task_unref(task);
	return nullptr;
}

static aw_error *scopes_by_hand()
{
	aw_group *group = aw_group_open(nullptr);
	aw_timeout *timeout = aw_timeout_at_none();

	CHECK(aw_timeout_when(timeout) == AW_FOREVER);
	CHECK(aw_group_spawn(group, twice, nullptr) != nullptr);
	AW_TRY(aw_group_close(&group, nullptr));
	return aw_timeout_close(&timeout, nullptr);
}

static aw_error *blocks(aw_lock *lock, int *ended)
{
	void *items[] = { aw_call(twice, AW_PTR(1)), aw_call(twice, AW_PTR(2)) };

	AW_WITH_TIMEOUT(limit, aw_now() + AW_SEC(60)) {
		CHECK(aw_timeout_when(limit) != AW_FOREVER);
		AW_WITH_GROUP(group, "members") {
			aw_group_spawn(group, twice, nullptr);
		}
		AW_WITH_AS_COMPLETED(all, items, 2, AW_FOREVER) {
			while (aw_as_completed_more(all))
				AW_TRY(aw_as_completed_next(all, nullptr, nullptr));
		}
		AW_WITH_LOCK(lock) {
			CHECK(aw_lock_locked(lock));
			++*ended;
			AW_RETURN(aw_raise(ServiceError, "left"));
		}
	}
	return nullptr;
}

static aw_error *scopes()
{
	aw_lock lock;
	int ended = 0;

	AW_TRY(scopes_by_hand());
	aw_lock_init(&lock);
	CHECK(is(blocks(&lock, &ended), ServiceError, "left"));
	CHECK(ended == 1 && !aw_lock_locked(&lock));
	aw_lock_finish(&lock);
	return nullptr;
}

static aw_error *resilience()
{
	const aw_service services[] = { { "bad", fail, nullptr, {} },
					{ "good", twice, nullptr, {} } };
	aw_breaker *breaker = aw_breaker_create(AW_BREAKER_OPTS(.name = "b", .threshold = 2));
	aw_fallback *fallback = aw_fallback_create(
		AW_FALLBACK_OPTS(.name = "f", .services = services, .service_count = 2));
	aw_error_stats *stats = aw_error_stats_create(AW_ERROR_STATS_OPTS(.history = 5));
	void *result = nullptr;

	AW_TRY(aw_breaker_call(breaker, twice, AW_PTR(4), &result));
	CHECK(AW_INT(result) == 8);
	AW_TRY(aw_fallback_call(fallback, AW_PTR(5), &result));
	CHECK(AW_INT(result) == 10);
	CHECK(is(aw_retry(AW_RETRY_OPTS(.attempts = 3, .base_ns = AW_NO_DELAY,
					.types = AW_TYPES(aw_OSError, ServiceError)),
			  fail, nullptr, nullptr),
		 ServiceError, "failed"));
	CHECK(is(aw_retry(AW_RETRY_OPTS(.attempts = 3, .types = AW_TYPES(aw_OSError)), fail,
			  nullptr, nullptr),
		 ServiceError));
	aw_error_stats_destroy(stats);
	aw_fallback_destroy(fallback);
	aw_breaker_destroy(breaker);
	return nullptr;
}

static aw_error *echo(aw_stream *stream, void *)
{
	return aw_stream_write(stream, "hi\n", 3);
}

static aw_error *streams()
{
	const char *line = nullptr;
	std::size_t length = 0;
	int64_t sent = 0;
	aw_server *server = nullptr, *other = nullptr;
	aw_stream *stream = nullptr;
	char folder[] = "/tmp/awry-cxx-XXXXXX", path[64];
	int fd = open("/dev/null", O_RDONLY);

	AW_TRY(aw_server_start("127.0.0.1", 0, echo, nullptr, &server));
	AW_TRY(aw_server_start_with(AW_SERVER_OPTS(.limit = 100, .backlog = 5), "127.0.0.1", 0,
				    echo, nullptr, &other));
	aw_server_stop(other);
	CHECK(mkdtemp(folder) != nullptr);
	std::snprintf(path, sizeof(path), "%s/s", folder);
	AW_TRY(aw_server_start_unix(AW_SERVER_OPTS(), path, echo, nullptr, &other));
	aw_server_stop(other);
	unlink(path);
	rmdir(folder);
	AW_TRY(aw_stream_connect_with(AW_CONNECT_OPTS(.family = AF_INET), "127.0.0.1",
				      aw_server_port(server), &stream));
	AW_TRY(aw_stream_read_line(stream, &line, &length));
	CHECK(length >= 2 && std::memcmp(line, "hi", 2) == 0);
	CHECK(is(aw_stream_sendfile(stream, fd, 0, AW_SENDFILE_ALL, AW_SENDFILE_FALLBACK, &sent),
		 aw_Exception) ||
	      sent == 0);
	aw_stream_unref(stream);
	aw_server_stop(server);
	close(fd);
	return nullptr;
}

static aw_error *tls()
{
	aw_tls_context *context = nullptr;
	aw_server *server = nullptr;
	aw_stream *stream = nullptr;

	AW_TRY(aw_tls_client(AW_TLS_OPTS(.min_version = AW_TLS_1_3), &context));
	CHECK(is(aw_tls_server_start(context, AW_SERVER_OPTS(),
				     AW_TLS_SERVER_OPTS(.handshake_timeout = AW_SEC(1)),
				     "127.0.0.1", 0, echo, nullptr, &server),
		 aw_ValueError));
	AW_TRY(aw_server_start("127.0.0.1", 0, echo, nullptr, &server));
	CHECK(is(aw_tls_connect(context, nullptr, AW_TLS_START_OPTS(.server_name = "x"),
				"127.0.0.1", aw_server_port(server), &stream),
		 aw_OSError));
	aw_server_stop(server);
	aw_tls_context_unref(context);
	return nullptr;
}

static aw_error *processes()
{
	const char *const arguments[] = { "cat", nullptr };
	aw_process *process = nullptr;
	int code = -1, null = open("/dev/null", O_RDWR);

	AW_TRY(aw_process_exec(AW_PROCESS_OPTS(.in = AW_STDIO_FD(null), .out = AW_STDIO_NULL),
			       arguments, &process));
	AW_TRY(aw_process_wait(process, &code));
	CHECK(code == 0);
	aw_process_unref(process);
	close(null);
	return nullptr;
}

static aw_error *variables()
{
	void *value = nullptr;
	aw_token *token = nullptr;

	CHECK(aw_var_get(&plain) == nullptr);
	CHECK(is(aw_var_lookup(&request, &value), aw_LookupError));
	AW_TRY(aw_var_set(&request, AW_PTR(17), &token));
	AW_TRY(aw_var_lookup(&request, &value));
	CHECK(AW_INT(value) == 17);
	return aw_var_reset(&request, &token);
}

static aw_error *everything(void *, void **)
{
	for (aw_error *(*part)() : { gathering, tasks, callbacks, scopes, resilience, streams, tls,
				     processes, variables })
		AW_TRY(part());
	return nullptr;
}

// The place where a macro is used.
static int here(const char *file, int line, const char *function)
{
	return std::strstr(file, "every_macro.cc") != nullptr && std::strcmp(function, "main") == 0
		       ? line
		       : 0;
}

int main()
{
	CHECK(aw_version() == AW_VERSION &&
	      std::strcmp(aw_version_string(), AW_VERSION_STRING) == 0);
	CHECK(types > 50 && counted("%d", 1) == 2 && exported() == 1);
	CHECK(here(AW_HERE) == __LINE__);
	CHECK(AW_NONE == 0 && AW_STACK_NONE == UINT32_MAX && AW_AGENT_NOWHERE == UINT64_MAX);
	CHECK(aw_agent_start_with(
		AW_AGENT_OPTS(.runtime = "c++", .stack_depth = AW_AGENT_NO_STACKS)));
	raising();
	websockets();
	printing();
	CHECK(aw_run(twice, nullptr, nullptr) == nullptr);
	return aw_exit_status(
		aw_run_with(AW_RUN_OPTS(.label = "c++"), everything, nullptr, nullptr));
}
