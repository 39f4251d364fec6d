/* SPDX-License-Identifier: MIT */
/* Shared declarations of the subcommands. */
#ifndef AW__CLI_H
#define AW__CLI_H

#include <argp.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "viewer/model/model.h"
#include "viewer/replay/replay.h"
#include "viewer/report/report.h"
#include "viewer/source/bytes.h"
#include "viewer/source/source.h"
#include "symbols/symbols.h"

enum {
	AW__EXIT_DONE = 0,
	AW__EXIT_FAILED = 1,
	AW__EXIT_USAGE = 2,
	AW__EXIT_FOUND = 66,	/* --fail-on, or an allow-list that is out of date */
	AW__EXIT_NOT_RUN = 126, /* 126 and 127 as in a shell */
	AW__EXIT_NOT_FOUND = 127,
};

struct aw__command {
	const char *name;
	const char *summary;
	/* argv[0] is "awry NAME". Returns the exit status. */
	int (*run)(int argc, char **argv);
};

extern const struct aw__command aw__commands[]; /* ends with a NULL name */

int aw__command_attach(int argc, char **argv);
int aw__command_diff(int argc, char **argv);
int aw__command_doctor(int argc, char **argv);
int aw__command_errors(int argc, char **argv);
int aw__command_export(int argc, char **argv);
int aw__command_index(int argc, char **argv);
int aw__command_ps(int argc, char **argv);
int aw__command_query(int argc, char **argv);
int aw__command_record(int argc, char **argv);
int aw__command_recover(int argc, char **argv);
int aw__command_report(int argc, char **argv);
int aw__command_run(int argc, char **argv);
int aw__command_stats(int argc, char **argv);
int aw__command_tree(int argc, char **argv);

/** "awry CMD: …" on stderr, escaped. Returns AW__EXIT_FAILED. */
__attribute__((format(printf, 1, 2))) int aw__cli_fail(const char *format, ...);
/** The same, for a problem that does not end the work. */
__attribute__((format(printf, 1, 2))) void aw__cli_warn(const char *format, ...);
/** Hold back the lines of `warn` and `fail` while the viewer has the terminal; afterwards print them. */
void aw__cli_hold(bool hold);
/** The prefix of `fail` and `warn`: "awry report". */
extern const char *aw__cli_name;

/* ---- command_line.c ---- */

/** As argp_parse(), but its error messages are escaped. */
void aw__cli_parse(const struct argp *argp, int argc, char **argv, unsigned flags, void *input);
/** As argp_error(), escaped: ends the program. */
__attribute__((format(printf, 2, 3))) _Noreturn void aw__cli_usage(const struct argp_state *state,
								   const char *format, ...);
/** The same for an option's value. The first line of `problem` is a sentence; further lines, which show the place, are printed as lines. */
_Noreturn void aw__cli_usage_at(const struct argp_state *state, const char *option,
				const struct aw__problem *problem);
/**
 * The file that an option names for output; ends the program if the name is empty.
 *
 * Returns NULL for "-", which is standard output; ./- is a file of that name.
 */
const char *aw__cli_output_name(const struct argp_state *state, const char *option,
				const char *name);
/** As aw__cli_fail(), for such a problem. */
void aw__cli_fail_at(const char *option, const struct aw__problem *problem);

/* The one target of a command. */
struct aw__target {
	const char *wanted; /* allowed targets, for the error message; NULL: all that can be read */
	const char *name;
};

/** The parser of one required argument, as a child of a command's parser; its input is a struct aw__target. */
extern const struct argp aw__target_argp;

/** Save the signal dispositions that awry inherited, and ignore SIGPIPE. */
void aw__cli_signals_init(void);
#define AW__SIGNAL_NAME_BYTES 24
/** "SIGINT", "SIGRTMIN+3", "signal 32". Returns `ret_name`. */
const char *aw__cli_signal_name(int number, char ret_name[AW__SIGNAL_NAME_BYTES]);
/** Restore the inherited dispositions, in a child. */
void aw__cli_signals_restore(void);

/** The look of text on this descriptor: colours on a terminal without NO_COLOR, UTF-8 by the locale. */
struct aw__report_options aw__cli_options(int fd);
/** Write to stdout; through a pager if that is a terminal. Returns the exit status. */
int aw__cli_page(struct aw__buffer *text);
/** Write all of it to a descriptor. */
bool aw__cli_write(int fd, const void *bytes, size_t length);
/**
 * Whether writing failed because standard output is a closed pipe. Ends the program as by SIGPIPE, unless that was
 * ignored.
 */
bool aw__cli_pipe_broke(int error);
/** --no-pager, as a child of a command's parser. */
extern const struct argp aw__paging_argp;

/* ---- a session: a source, the model that it fills, and the symbols of its process ---- */

/** --at: the time or event as of which a recording is shown. */
struct aw__moment {
	enum aw__moment_kind { AW__AT_END, AW__AT_TIME, AW__AT_EVENT } kind;
	uint64_t value; /* ns since the first event, or number of events */
};

/** --at and --no-index, for the commands that read a recording; aw__session_open() follows them. */
extern const struct argp aw__option_at_argp;
const struct aw__moment *aw__cli_at(void);
bool aw__cli_uses_index(void);

struct aw__history;

struct aw__session {
	char target[512];
	struct aw__source *source;
	struct aw__model *model;
	struct aw__model *whole; /* the model before --filter; NULL: no filter */
	struct aw__symbols *symbols;
	struct aw__source_files *files;
	struct aw__history *history; /* gets its events; NULL: none. Borrowed */
	struct aw__replay *replay;   /* of a trace with an index; NULL: none */
	uint64_t now_ns;	     /* --at; 0: the end */
	unsigned damaged;
	bool cut;    /* the recording ends in the middle of a frame */
	bool failed; /* something could not be read (an error was printed): the exit status is 1 */
};

/** `source_take` may be NULL: then items come by aw__session_ingest(). */
void aw__session_init(struct aw__session *session, const char *target,
		      struct aw__source *source_take);
bool aw__session_open(struct aw__session *session, const char *target, unsigned flags);
void aw__session_close(struct aw__session *session);
void aw__session_ingest(struct aw__session *session, const struct aw__item *item);
/**
 * Ingest the items that have arrived.
 *
 * Returns WAIT if more may come; otherwise END, or FAILED after an error was printed.
 */
enum aw__source_status aw__session_drain(struct aw__session *session);
/**
 * Ingest at most `most` of the items that have arrived. Does not print why it failed.
 *
 * Returns GOT if there may be more, otherwise as above; after FAILED `problem` says why.
 */
enum aw__source_status aw__session_step(struct aw__session *session, size_t most,
					struct aw__problem *problem);
/** Ingest everything. False if some of it could not be read (an error was printed). */
bool aw__session_read(struct aw__session *session);
/* Whether a trace without an index gets one: commands that only show a trace do not write into it. */
enum aw__indexing { AW__INDEX_NEVER, AW__INDEX_LONG, AW__INDEX_ALWAYS };

/** The same for a trace, up to --at, by its index if it has one. */
bool aw__session_read_trace(struct aw__session *session, enum aw__indexing indexing);
/** Move to the end of a trace by its index. False if it has none: then nothing was read. */
bool aw__session_jump(struct aw__session *session);
/** Append an index to a trace that was just written, if it is long enough to need one. */
void aw__session_index_file(const char *path);
/** The size of a trace without its index. */
uint64_t aw__session_bytes(const struct aw__session *session);
/** Start reading a trace again from its beginning. */
void aw__session_restart(struct aw__session *session);
/** Report why reading stopped, if it was not the end; `why` is for FAILED. */
void aw__session_tell_end(struct aw__session *session, enum aw__source_status status,
			  const struct aw__problem *why);
/** Report damage that was skipped; after a few reports it is only counted. */
void aw__session_damaged(struct aw__session *session, const struct aw__problem *problem);
/** Whether the session reads a process that is running. */
bool aw__session_lives(const struct aw__session *session);
/** The time to which "since" refers: now for a running process; otherwise the last event. */
uint64_t aw__session_now(const struct aw__session *session);
/** Ingest a box in addition to the items that were read: only events are counted twice. */
void aw__session_ingest_box(struct aw__session *session, const char *path);

/* ---- files that a command writes ---- */

enum aw__output_kind {
	AW__OUTPUT_TRACE, /* replaces a recording */
	AW__OUTPUT_OF_AGENT, /* the same, but only a regular file, since the program's agent writes it */
	AW__OUTPUT_OTHER, /* a report, an export: replaces nothing */
};

struct aw__output {
	int fd;
	const char *path;
	enum aw__output_kind kind;
	bool force;
	bool stream; /* a pipe, a terminal, an open descriptor: written directly */
	char temporary[512];
	struct aw__bytes_out *trace; /* NULL: `fd` is written directly */
};

/**
 * Whether `path` may be written: it does not exist, is empty, or is of the kind that is replaced. `force`: any
 * regular file. Never through a symbolic link.
 */
bool aw__output_allowed(const char *path, enum aw__output_kind kind, bool force,
			struct aw__problem *problem);
/** Begin to write `path`, if that is allowed; to a temporary file beside it, unless it is a stream. */
bool aw__output_open(struct aw__output *ret_output, const char *path, enum aw__output_kind kind,
		     bool force, struct aw__problem *problem);
/** Write a trace: compressed, if that is asked for or the path ends in .zst. */
bool aw__output_trace(struct aw__output *output, bool compress, struct aw__problem *problem);
/** Move the file to its path. If that is not allowed any more, the file stays beside it, and `problem` says where. */
bool aw__output_finish(struct aw__output *output, struct aw__problem *problem);
/** Delete what was written. */
void aw__output_abandon(struct aw__output *output);

/* ---- show_target.c: awry errors, tree and stats, which read one target and print one text of it ---- */

/** Write the command's output for a session that was read, as JSON or as text with this look. */
typedef void aw__show_write(const struct aw__session *session,
			    const struct aw__report_options *look, bool json,
			    struct aw__buffer *out);
/** Parse "[--json] [--machinery] TARGET", read the target, and print it. Returns the exit status. */
int aw__show_target(int argc, char **argv, const char *doc, aw__show_write *write);

/* Prints findings of a session that it has not printed yet; each group in full the first time. */
struct aw__allow_list;
struct aw__follower {
	uint64_t seen;			    /* serial of the last finding */
	const struct aw__allow_list *allow; /* allowed findings are not printed; NULL: none */
	const struct aw__model *known;	    /* its findings are not printed; NULL: none */
	bool recorded;	/* losses of the connection are not printed: a recording has everything */
	uint64_t bytes; /* printed */
};
void aw__follower_print(struct aw__follower *follower, const struct aw__session *session, int fd);

#endif
