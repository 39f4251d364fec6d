/* SPDX-License-Identifier: MIT */
/*
 * The database of `awry export sqlite` and `awry query`: creates it in a temporary file or in memory, fills it by prepared statements in one
 * transaction, and copies it to the output.
 */
#include "viewer/export/sqlite.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "viewer/export/frames.h"
#include "viewer/export/sqlite_schema.h"

#define COPY_BYTES 65536u

/* clang-format off */
static const char *const sql[AW__SQLITE_STATEMENTS] = {
	[AW__SQLITE_PROCESS] = "INSERT INTO process VALUES(?, ?, ?, ?, ?)",
	[AW__SQLITE_THREAD] = "INSERT OR REPLACE INTO threads VALUES(?, ?, ?)",
	[AW__SQLITE_LOOP] = "INSERT OR IGNORE INTO loops(loop, label, tid, opened_ns) VALUES(?, ?, ?, ?)",
	[AW__SQLITE_LOOP_CLOSED] = "UPDATE loops SET closed_ns = ?2 WHERE loop = ?1",
	[AW__SQLITE_BLOCK] = "INSERT INTO blocks VALUES(?, ?, ?, ?)",
	[AW__SQLITE_LAG] = "INSERT INTO lags VALUES(?, ?, ?) ON CONFLICT(loop, from_ns) DO UPDATE SET"
		" count = max(count, excluded.count)",
	[AW__SQLITE_STRING] = "INSERT OR IGNORE INTO strings VALUES(?, ?)",
	[AW__SQLITE_TYPE] = "INSERT OR IGNORE INTO types VALUES(?, ?, ?)",
	[AW__SQLITE_PLACE] = "INSERT INTO places VALUES(?, ?, ?, ?) ON CONFLICT(place) DO UPDATE SET"
		" function = excluded.function, file = excluded.file, line = excluded.line",
	[AW__SQLITE_STACK] = "INSERT OR IGNORE INTO stacks VALUES(?, ?, ?)",
	[AW__SQLITE_FRAME] = "INSERT OR IGNORE INTO frames VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[AW__SQLITE_TASK] = "INSERT OR IGNORE INTO tasks(task, name, creator, coroutine, stack, loop, scope,"
		" created_ns) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
	[AW__SQLITE_TASK_NAMED] = "UPDATE tasks SET name = ?2 WHERE task = ?1",
	[AW__SQLITE_TASK_FUNCTION] = "UPDATE tasks SET coroutine = ?2 WHERE task = ?1",
	[AW__SQLITE_TASK_DONE] = "UPDATE tasks SET finished_ns = ?2, outcome = ?3, error = ?4, run_ns = ?5,"
		" steps = ?6 WHERE task = ?1 AND finished_ns IS NULL",
	[AW__SQLITE_INTERVAL] = "INSERT INTO intervals VALUES(?, ?, ?, ?, ?, ?)",
	[AW__SQLITE_CANCEL] = "INSERT INTO cancels VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
	[AW__SQLITE_ERROR] = "INSERT INTO errors(error, time_ns, type, task, site, stack, message, cause, context,"
		" is_group, lost) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT(error) DO NOTHING",
	[AW__SQLITE_ERROR_LOST] = "UPDATE errors SET lost = 1 WHERE error = ?1",
	[AW__SQLITE_ERROR_RETRIEVED] = "UPDATE errors SET retrieved_ns = ?2, owner = ?3, retrieved_by = ?4"
		" WHERE error = ?1 AND retrieved_ns IS NULL",
	[AW__SQLITE_ERROR_CHILD] = "INSERT OR IGNORE INTO error_children VALUES(?, ?, ?)",
	[AW__SQLITE_ERROR_NOTE] = "INSERT INTO error_notes VALUES(?, ?, ?, ?)",
	[AW__SQLITE_FINDING] = "INSERT OR IGNORE INTO findings VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[AW__SQLITE_HANDLE] = "INSERT OR IGNORE INTO handles(handle, kind, task, opened_ns) VALUES(?, ?, ?, ?)",
	[AW__SQLITE_HANDLE_CLOSED] = "UPDATE handles SET closed_ns = ?2 WHERE handle = ?1",
	[AW__SQLITE_LOSS] = "INSERT INTO losses VALUES(?, ?, ?, ?)",
	[AW__SQLITE_EVENT] = "INSERT INTO events VALUES(?, ?, ?, ?, ?, ?, ?)",
};
/* clang-format on */

static void failed(struct aw__export *export, int status)
{
	if (export->error != 0)
		return;
	export->error = status == SQLITE_FULL ? ENOSPC : status == SQLITE_NOMEM ? ENOMEM : EIO;
}

void aw__sqlite_execute(struct aw__export *export, const char *text)
{
	struct aw__sqlite *sqlite = export->state;
	int status;

	if (export->error != 0)
		return;
	status = sqlite3_exec(sqlite->database, text, NULL, NULL, NULL);
	if (status != SQLITE_OK)
		failed(export, status);
}

static bool make_memory(struct aw__export *export, struct aw__sqlite *sqlite)
{
	int status = sqlite3_open_v2(":memory:", &sqlite->database,
				     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

	if (status == SQLITE_OK)
		status = sqlite3_exec(sqlite->database, "PRAGMA journal_mode = OFF; BEGIN", NULL,
				      NULL, NULL);
	if (status != SQLITE_OK)
		failed(export, status);
	return status == SQLITE_OK;
}

static bool make_file(struct aw__export *export, struct aw__sqlite *sqlite)
{
	const char *folder = getenv("TMPDIR");
	char path[4096];
	int status;

	snprintf(path, sizeof(path), "%s/awry-export-XXXXXX",
		 folder != NULL && folder[0] != '\0' ? folder : "/tmp");
	sqlite->fd = mkstemp(path);
	if (sqlite->fd < 0) {
		export->error = errno;
		return false;
	}
	status = sqlite3_open_v2(path, &sqlite->database, SQLITE_OPEN_READWRITE, NULL);
	/* SQLite opens the file at its first use: only after that it can be unlinked */
	if (status == SQLITE_OK)
		status = sqlite3_exec(sqlite->database,
				      "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
				      "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE",
				      NULL, NULL, NULL);
	unlink(path);
	if (status != SQLITE_OK)
		failed(export, status);
	return status == SQLITE_OK;
}

void aw__sqlite_open(struct aw__export *export, struct aw__sqlite *sqlite)
{
	if (sqlite->memory ? !make_memory(export, sqlite) : !make_file(export, sqlite))
		return;
	aw__sqlite_execute(export, AW__SQLITE_SCHEMA);
	for (int i = 0; i < AW__SQLITE_STATEMENTS && export->error == 0; i++) {
		int status = sqlite3_prepare_v2(sqlite->database, sql[i], -1,
						&sqlite->statements[i], NULL);

		if (status != SQLITE_OK)
			failed(export, status);
	}
}

static void bind_text(struct aw__export *export, sqlite3_stmt *statement, int at, const char *text,
		      size_t length)
{
	struct aw__buffer valid = AW__BUFFER_EMPTY;
	char *copy = aw__export_copy(text, length);

	aw__text_valid(&valid, copy, strlen(copy));
	export->written += valid.length;
	sqlite3_bind_text(statement, at, aw__buffer_string(&valid), (int)valid.length,
			  SQLITE_TRANSIENT);
	aw__buffer_finish(&valid);
	aw__alloc_free(copy);
}

static void bind(struct aw__export *export, sqlite3_stmt *statement, const char *types,
		 va_list values)
{
	for (int at = 1; types[at - 1] != '\0'; at++) {
		char type = types[at - 1];

		if (type == 'i' || type == 'o') {
			uint64_t number = va_arg(values, uint64_t);

			if (type == 'i' || number != 0)
				sqlite3_bind_int64(statement, at, (sqlite3_int64)number);
		} else {
			const char *text = va_arg(values, const char *);
			size_t length = type == 't'    ? va_arg(values, size_t)
					: text != NULL ? strlen(text)
						       : 0;

			if (text != NULL)
				bind_text(export, statement, at, text, length);
		}
	}
}

void aw__sqlite_run(struct aw__export *export, enum aw__sqlite_statement which, const char *types,
		    ...)
{
	struct aw__sqlite *sqlite = export->state;
	sqlite3_stmt *statement = sqlite->statements[which];
	va_list values;
	int status;

	if (export->error != 0 || statement == NULL)
		return;
	va_start(values, types);
	bind(export, statement, types, values);
	va_end(values);
	status = sqlite3_step(statement);
	if (status != SQLITE_DONE)
		failed(export, status);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

static void copy(struct aw__export *export, int fd)
{
	char *bytes;
	ssize_t length;

	while (export->error == 0) {
		bytes = aw__buffer_reserve(&export->out, COPY_BYTES);
		if (bytes == NULL)
			break;
		length = read(fd, bytes, COPY_BYTES);
		if (length == 0)
			break;
		if (length < 0)
			export->error = errno;
		else
			export->out.length += (size_t)length;
		aw__write_flush(export);
	}
}

void aw__sqlite_close(struct aw__export *export, struct aw__sqlite *sqlite)
{
	for (int i = 0; i < AW__SQLITE_STATEMENTS; i++)
		sqlite3_finalize(sqlite->statements[i]);
	aw__sqlite_execute(export, AW__SQLITE_INDEXES);
	aw__sqlite_execute(export, "COMMIT");
	if (sqlite->memory) {
		export->database = sqlite->database;
		return;
	}
	sqlite3_close(sqlite->database);
	if (sqlite->fd < 0)
		return;
	if (lseek(sqlite->fd, 0, SEEK_SET) == 0)
		copy(export, sqlite->fd);
	close(sqlite->fd);
}
