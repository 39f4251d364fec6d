/* SPDX-License-Identifier: MIT */
/* Tests of TLS between two ends that follow the protocol. */
#include "tests/unit/tls/tls_case.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static aw_error *say_hello(aw_stream *stream)
{
	char buffer[6];

	AW_TRY(aw_stream_write(stream, "hello ", 6));
	AW_TRY(aw_stream_read_exactly(stream, buffer, 6));
	trace("%.5s", buffer);
	return NULL;
}

static void tls__echoes(void **state)
{
	tls_run(&(struct tls_case){ .talk = say_hello });
	assert_string_equal(trace_text(), "hello none");
}

static aw_error *say_hello_and_look(aw_stream *stream)
{
	struct aw_tls_certificate *peer = NULL;

	AW_TRY(say_hello(stream));
	trace("%s %s %s", aw_tls_version(stream), aw_tls_alpn(stream), aw_tls_server_name(stream));
	trace("%d %d", strncmp(aw_tls_cipher(stream), "TLS_", 4), aw_tls_is_truncated(stream));
	AW_TRY(aw_tls_peer(stream, &peer));
	trace("%s; %s; %s; %zu", peer->subject, peer->issuer, peer->names,
	      strlen(peer->fingerprint));
	aw_tls_certificate_free(peer);
	return NULL;
}

static void tls__reports_what_was_negotiated(void **state)
{
	static const char *const theirs[] = { "h2", "http/1.1", NULL };
	static const char *const ours[] = { "spdy", "http/1.1", NULL };

	tls_run(&(struct tls_case){ .talk = say_hello_and_look,
				    .server = SERVER("server", .alpn = theirs),
				    .client = CLIENT(.alpn = ours) });
	assert_string_equal(trace_text(),
			    "hello TLSv1.3 http/1.1 localhost 0 0 O=awry,CN=localhost; CN=awry "
			    "test ca; DNS:localhost, IP Address:127.0.0.1; 64 none");
}

static aw_error *look(aw_stream *stream)
{
	trace("%s %s", aw_tls_version(stream), aw_tls_alpn(stream) != NULL ? "alpn" : "none");
	return NULL;
}

static void tls__takes_the_version_that_is_asked_for(void **state)
{
	static const char *const only[] = { "h2", NULL }, *const other[] = { "h3", NULL };

	tls_run(&(struct tls_case){
		.talk = look,
		.server = SERVER("server", .min_version = AW_TLS_1_3, .alpn = only),
		.client = CLIENT(.alpn = other) });
	assert_string_equal(trace_text(), "TLSv1.3 none none");
	assert_int_equal(aw__alloc_live(), 0);
}

static void tls__sends_a_whole_chain(void **state)
{
	tls_run(&(struct tls_case){ .talk = say_hello, .server = SERVER("chain") });
	assert_string_equal(trace_text(), "hello none");
}

/* ---- verification */

static void refuse(const struct tls_case *story, const char *message)
{
	char expected[512];

	tls_run(story);
	snprintf(expected, sizeof(expected),
		 "SSLCertVerificationError([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify "
		 "failed: %s)",
		 message);
	assert_string_equal(trace_text(), expected);
}

static void verify__refuses_a_self_signed_certificate(void **state)
{
	refuse(&(struct tls_case){ .server = SERVER("alone"), .talk = say_hello },
	       "self-signed certificate");
}

static void verify__refuses_another_name(void **state)
{
	refuse(&(struct tls_case){ .server = SERVER("other"), .talk = say_hello },
	       "Hostname mismatch, certificate is not valid for 'localhost'.");
}

static void verify__refuses_another_address(void **state)
{
	refuse(&(struct tls_case){ .server = SERVER("other"), .host = "127.0.0.1" },
	       "IP address mismatch, certificate is not valid for '127.0.0.1'.");
}

static void verify__refuses_an_expired_certificate(void **state)
{
	refuse(&(struct tls_case){ .server = SERVER("expired") }, "certificate has expired");
}

static void verify__refuses_an_unknown_ca(void **state)
{
	refuse(&(struct tls_case){ .client = AW_TLS_OPTS(.ca_file = MADE("stranger.pem")) },
	       "unable to get local issuer certificate");
}

static void verify__refuses_a_ca_that_the_system_does_not_trust(void **state)
{
	refuse(&(struct tls_case){ .client = AW_TLS_OPTS() },
	       "unable to get local issuer certificate");
}

static void verify__accepts_an_address_of_the_certificate(void **state)
{
	tls_run(&(struct tls_case){ .talk = say_hello, .host = "127.0.0.1" });
	assert_string_equal(trace_text(), "hello none");
}

static void verify__can_accept_any_name(void **state)
{
	tls_run(&(struct tls_case){ .talk = say_hello,
				    .server = SERVER("other"),
				    .client = CLIENT(.no_host_check = true) });
	assert_string_equal(trace_text(), "hello none");
}

static void verify__can_be_turned_off(void **state)
{
	tls_run(&(struct tls_case){ .talk = say_hello,
				    .server = SERVER("alone"),
				    .client = AW_TLS_OPTS(.no_verify = true) });
	assert_string_equal(trace_text(), "hello none");
}

static aw_error *name_the_client(aw_stream *stream, void *arg)
{
	struct aw_tls_certificate *peer = NULL;
	aw_error *err;

	AW_TRY(aw_tls_peer(stream, &peer));
	err = aw_stream_write(stream, peer->subject, strlen(peer->subject));
	aw_tls_certificate_free(peer);
	return err;
}

static aw_error *read_all(aw_stream *stream)
{
	char *all = NULL;

	AW_TRY(aw_stream_read_all(stream, &all, NULL));
	trace("%s", all);
	free(all);
	return NULL;
}

static void verify__of_clients(void **state)
{
	struct tls_case story = { .talk = read_all,
				  .serve = name_the_client,
				  .server = SERVER("server", .ca_file = MADE("ca.pem"),
						   .ask_client = true),
				  .client = CLIENT(.certificate_file = MADE("client.pem"),
						   .key_file = MADE("client.key")) };

	tls_run(&story);
	assert_string_equal(trace_text(), "CN=client none");
}

static void verify__of_clients_without_a_certificate(void **state)
{
	tls_run(&(struct tls_case){
		.talk = read_all,
		.serve = name_the_client,
		.server = SERVER("server", .ca_file = MADE("ca.pem"), .ask_client = true) });
	assert_string_equal(trace_text(),
			    "SSLError([SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 "
			    "alert certificate required)");
}

/* ---- identities */

static aw_error *ask_for(aw_server *server, aw_tls_context *client, const char *name)
{
	aw_stream *stream = NULL;
	struct aw_tls_certificate *peer = NULL;
	aw_error *err;

	AW_TRY(aw_tls_connect(client, NULL, AW_TLS_START_OPTS(.server_name = name), "127.0.0.1",
			      aw_server_port(server), &stream));
	err = aw_tls_peer(stream, &peer);
	if (err == NULL)
		trace("%s", peer->subject);
	aw_tls_certificate_free(peer);
	aw_error_unref(tls_close(stream));
	return err;
}

static aw_error *two_hosts(void *arg, void **ret)
{
	aw_tls_context *server = NULL, *other = NULL, *client = NULL;
	aw_server *listener = NULL;

	AW_TRY(aw_tls_server(SERVER("server"), &server));
	AW_TRY(aw_tls_server(SERVER("other"), &other));
	AW_TRY(aw_tls_client(CLIENT(), &client));
	AW_TRY(aw_tls_context_add_host(server, "Other.Example", other));
	trace_error(aw_tls_context_add_host(client, "x", other));
	aw_tls_context_unref(other);
	AW_TRY(aw_tls_server_start(server, NULL, NULL, "127.0.0.1", 0, tls_echo, NULL, &listener));
	aw_tls_context_unref(server);
	AW_TRY(ask_for(listener, client, "localhost"));
	AW_TRY(ask_for(listener, client, "other.example"));
	AW_TRY(ask_for(listener, client, "127.0.0.1"));
	trace("%s", aw_error_name(arg = ask_for(listener, client, "third.example")));
	aw_error_unref(arg);
	aw_tls_context_unref(client);
	aw_server_stop(listener);
	return NULL;
}

static void tls__selects_a_certificate_by_host(void **state)
{
	runtime_case_real_clock();
	run_ok(two_hosts, NULL);
	assert_string_equal(trace_text(),
			    "ValueError(only server contexts have hosts) O=awry,CN=localhost "
			    "CN=other.example O=awry,CN=localhost SSLCertVerificationError");
}

/* ---- stream functions */

enum {
	BIG = 4 * 1024 * 1024,
};

static aw_error *write_big(void *arg, void **ret)
{
	static char block[65536];
	aw_stream *stream = arg;

	for (size_t i = 0; i < BIG / sizeof(block); i++) {
		memset(block, (int)i, sizeof(block));
		AW_TRY(aw_stream_write(stream, block, sizeof(block)));
		AW_TRY(aw_stream_drain(stream));
	}
	return NULL;
}

static aw_error *talk_big(aw_stream *stream)
{
	static unsigned char buffer[100000];
	aw_task *writer = aw_spawn(write_big, stream);
	size_t total = 0, wrong = 0, count = 1;

	while (count > 0 && total < BIG) {
		AW_TRY(aw_stream_read(stream, buffer, sizeof(buffer), &count));
		for (size_t i = 0; i < count; i++)
			wrong += buffer[i] != (unsigned char)((total + i) / 65536);
		total += count;
	}
	trace("%zu %zu", total, wrong);
	AW_TRY(aw_await(writer, NULL));
	aw_task_unref(writer);
	return NULL;
}

static void tls__carries_more_than_its_buffers(void **state)
{
	tls_run(&(struct tls_case){ .talk = talk_big });
	assert_string_equal(trace_text(), "4194304 0 none");
}

static aw_error *send_big(aw_stream *stream, void *arg)
{
	AW_TRY(aw_stream_write(stream, "line\n", 5));
	return write_big(stream, NULL);
}

/* Reads after all data has arrived; the line stays valid until the next read. */
static aw_error *read_late(aw_stream *stream)
{
	static char block[BIG];
	const char *line = NULL;
	size_t length = 0;

	AW_TRY(aw_sleep(AW_MS(20)));
	AW_TRY(aw_stream_read_line(stream, &line, &length));
	trace("%.4s", line);
	AW_TRY(aw_stream_read_exactly(stream, block, BIG));
	trace("%d %d", block[0], block[BIG - 1]);
	AW_TRY(aw_stream_read(stream, block, 1, &length));
	trace("%zu %d %d", length, aw_stream_at_eof(stream), aw_tls_is_truncated(stream));
	return NULL;
}

static void tls__stops_reading_for_a_slow_reader(void **state)
{
	tls_run(&(struct tls_case){ .talk = read_late, .serve = send_big });
	assert_string_equal(trace_text(), "line 0 63 0 1 0 none");
}

static aw_error *cannot(aw_stream *stream)
{
	trace("%d", aw_stream_can_write_eof(stream));
	trace_error(aw_stream_write_eof(stream));
	trace_error(aw_stream_sendfile(stream, STDIN_FILENO, 0, 1, 0, NULL));
	return NULL;
}

static void tls__cannot_close_one_direction(void **state)
{
	tls_run(&(struct tls_case){ .talk = cannot });
	assert_string_equal(trace_text(), "0 NotImplementedError RuntimeError(fallback is disabled "
					  "and native sendfile is not supported for transport "
					  "<tls>) none");
}

static aw_error *send_a_file(aw_stream *stream)
{
	static char block[100000], got[100000];
	FILE *file = tmpfile();
	int64_t sent = 0;
	aw_error *err;

	memset(block, 'f', sizeof(block));
	assert_int_equal(fwrite(block, 1, sizeof(block), file), sizeof(block));
	fflush(file);
	err = aw_stream_sendfile(stream, fileno(file), 5, AW_SENDFILE_ALL, AW_SENDFILE_FALLBACK,
				 &sent);
	fclose(file);
	if (err != NULL)
		return err;
	AW_TRY(aw_stream_read_exactly(stream, got, sizeof(got) - 5));
	trace("%d %d", (int)sent, memcmp(got, block, sizeof(got) - 5));
	return NULL;
}

static void tls__sends_a_file_by_reading_it(void **state)
{
	tls_run(&(struct tls_case){ .talk = send_a_file });
	assert_string_equal(trace_text(), "99995 0 none");
}

/* ---- STARTTLS */

static aw_error *upgrade_here(aw_stream *stream, void *arg)
{
	char line[8];

	AW_TRY(aw_stream_read_exactly(stream, line, 8));
	AW_TRY(aw_stream_write(stream, "go ahead", 8));
	/* meanwhile the start of the client's handshake arrives in our buffer */
	AW_TRY(aw_sleep(AW_MS(20)));
	AW_TRY(aw_stream_start_tls(stream, arg, NULL));
	trace_error(aw_stream_start_tls(stream, arg, NULL));
	return tls_echo(stream, NULL);
}

static aw_error *upgrade_there(aw_stream *stream, aw_tls_context *client)
{
	char line[8];

	trace("%s", aw_tls_version(stream) == NULL ? "plain" : "TLS");
	AW_TRY(aw_stream_write(stream, "STARTTLS", 8));
	AW_TRY(aw_stream_read_exactly(stream, line, 8));
	trace_error(aw_stream_start_tls(stream, client, NULL));
	AW_TRY(aw_stream_start_tls(stream, client, AW_TLS_START_OPTS(.server_name = "localhost")));
	return say_hello(stream);
}

static aw_error *upgrade(void *arg, void **ret)
{
	aw_tls_context *server = NULL, *client = NULL;
	aw_server *listener = NULL;
	aw_stream *stream = NULL;

	AW_TRY(aw_tls_server(SERVER("server"), &server));
	AW_TRY(aw_tls_client(CLIENT(), &client));
	AW_TRY(aw_server_start("127.0.0.1", 0, upgrade_here, server, &listener));
	AW_TRY(aw_stream_connect("127.0.0.1", aw_server_port(listener), &stream));
	AW_TRY(upgrade_there(stream, client));
	AW_TRY(tls_close(stream));
	aw_server_close(listener);
	AW_TRY(aw_server_wait_closed(listener));
	aw_server_stop(listener);
	aw_tls_context_unref(server);
	aw_tls_context_unref(client);
	return NULL;
}

static void start__in_the_middle_of_a_stream(void **state)
{
	runtime_case_real_clock();
	run_ok(upgrade, NULL);
	assert_string_equal(trace_text(),
			    "plain ValueError(check_hostname requires server_hostname) "
			    "TypeError(this stream has a filter already) hello");
}

static aw_error *pipes(void *arg, void **ret)
{
	aw_tls_context *client = NULL;
	aw_stream *stream = NULL;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	AW_TRY(aw_tls_client(CLIENT(.no_host_check = true), &client));
	AW_TRY(aw_stream_connect_write_pipe(fds[1], &stream));
	trace_error(aw_stream_start_tls(stream, client, NULL));
	trace("%d", aw_stream_is_closing(stream));
	aw_tls_context_unref(client);
	close(fds[0]);
	aw_stream_abort(stream);
	aw_stream_unref(stream);
	return NULL;
}

static void start__not_in_a_pipe(void **state)
{
	run_ok(pipes, NULL);
	assert_string_equal(trace_text(), "TypeError(a pipe can have no filter) 0");
}

/* ---- recording */

static void tls__is_a_handle_of_its_own(void **state)
{
	tls_run(&(struct tls_case){ .talk = say_hello });
	assert_string_equal(trace_text(), "hello none");
	assert_true(agent_probe_in_order("open tcp by 1", "close tcp", "open tls by 1",
					 "wait 1 connect", "wait 1 read", "close tls", NULL));
	assert_true(agent_probe_in_order("open tcp by 0", "close tcp", "open tls by 2",
					 "wait 2 connect", "wait 2 read", "close tls", NULL));
	assert_int_equal(agent_probe_count("close tls"), 2);
	assert_int_equal(agent_probe_count("close tcp"), 2);
	assert_non_null(strstr(agent_probe_text(), "done 2 result"));
}

/* ---- files */

static void context(const struct aw_tls_options *options, bool server)
{
	aw_tls_context *made = NULL;

	trace_error(server ? aw_tls_server(options, &made) : aw_tls_client(options, &made));
	aw_tls_context_unref(made);
}

static void context__needs_its_files(void **state)
{
	context(NULL, true);
	context(AW_TLS_OPTS(.ca_file = "/nowhere"), false);
	context(AW_TLS_OPTS(.ca_file = MADE("make.nothing")), false);
	context(AW_TLS_OPTS(.certificate_file = MADE("server.pem"), .key_file = MADE("ca.key")),
		true);
	context(AW_TLS_OPTS(.certificate_file = MADE("ca.key")), true);
	assert_string_equal(
		trace_text(),
		"ValueError(a server needs a certificate) FileNotFoundError([Errno 2] No such file "
		"or "
		"directory: '/nowhere') FileNotFoundError([Errno 2] No such file or directory: "
		"'" MADE("make.nothing") "') SSLError([X509: KEY_VALUES_MISMATCH] key values "
					 "mismatch) SSLError([SSL] PEM lib)");
}

static void context__needs_the_password(void **state)
{
	context(SERVER("locked", .key_password = "open sesame"), true);
	context(SERVER("locked"), true);
	context(SERVER("locked", .key_password = "wrong"), true);
	assert_non_null(strstr(trace_text(), "none SSLError("));
	assert_null(strstr(trace_text(), "MemoryError"));
}

static void context__knows_two_versions(void **state)
{
	static const char *const empty[] = { "", NULL };

	context(AW_TLS_OPTS(.min_version = 0x0301), false);
	context(CLIENT(.alpn = empty), false);
	assert_string_equal(trace_text(), "ValueError(unsupported TLS version 0x0301) "
					  "ValueError(an ALPN protocol has 1 to 255 bytes, not 0)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(tls__echoes),
		runtime_case(tls__reports_what_was_negotiated),
		runtime_case(tls__takes_the_version_that_is_asked_for),
		runtime_case(tls__sends_a_whole_chain),
		runtime_case(verify__refuses_a_self_signed_certificate),
		runtime_case(verify__refuses_another_name),
		runtime_case(verify__refuses_another_address),
		runtime_case(verify__refuses_an_expired_certificate),
		runtime_case(verify__refuses_an_unknown_ca),
		runtime_case(verify__refuses_a_ca_that_the_system_does_not_trust),
		runtime_case(verify__accepts_an_address_of_the_certificate),
		runtime_case(verify__can_accept_any_name),
		runtime_case(verify__can_be_turned_off),
		runtime_case(verify__of_clients),
		runtime_case(verify__of_clients_without_a_certificate),
		runtime_case(tls__selects_a_certificate_by_host),
		runtime_case(tls__carries_more_than_its_buffers),
		runtime_case(tls__stops_reading_for_a_slow_reader),
		runtime_case(tls__cannot_close_one_direction),
		runtime_case(tls__sends_a_file_by_reading_it),
		runtime_case(start__in_the_middle_of_a_stream),
		runtime_case(start__not_in_a_pipe),
		runtime_case_recorded(tls__is_a_handle_of_its_own),
		runtime_case(context__needs_its_files),
		runtime_case(context__needs_the_password),
		runtime_case(context__knows_two_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
