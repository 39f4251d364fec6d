/* SPDX-License-Identifier: MIT */
/*
 * The SQLite export. SQLite writes a database in place, which the output (a pipe, for example) may not allow. So it is
 * built in a temporary file in TMPDIR, unlinked as soon as it is open, and copied to the output at the end.
 * `awry query` has the same tables in memory (sqlite_query.h).
 */
#ifndef AW__EXPORT_SQLITE_H
#define AW__EXPORT_SQLITE_H

#include <sqlite3.h>

#include "viewer/export/follow.h"

enum aw__sqlite_statement {
	AW__SQLITE_PROCESS,
	AW__SQLITE_THREAD,
	AW__SQLITE_LOOP,
	AW__SQLITE_LOOP_CLOSED,
	AW__SQLITE_BLOCK,
	AW__SQLITE_LAG,
	AW__SQLITE_STRING,
	AW__SQLITE_TYPE,
	AW__SQLITE_PLACE,
	AW__SQLITE_STACK,
	AW__SQLITE_FRAME,
	AW__SQLITE_TASK,
	AW__SQLITE_TASK_NAMED,
	AW__SQLITE_TASK_FUNCTION,
	AW__SQLITE_TASK_DONE,
	AW__SQLITE_INTERVAL,
	AW__SQLITE_CANCEL,
	AW__SQLITE_ERROR,
	AW__SQLITE_ERROR_RETRIEVED,
	AW__SQLITE_ERROR_LOST,
	AW__SQLITE_ERROR_CHILD,
	AW__SQLITE_ERROR_NOTE,
	AW__SQLITE_FINDING,
	AW__SQLITE_HANDLE,
	AW__SQLITE_HANDLE_CLOSED,
	AW__SQLITE_LOSS,
	AW__SQLITE_EVENT,
	AW__SQLITE_STATEMENTS
};

struct aw__sqlite {
	struct aw__follow follow;
	sqlite3 *database;
	sqlite3_stmt *statements[AW__SQLITE_STATEMENTS];
	int fd;	     /* the temporary file, for the copy; -1: none */
	bool memory; /* the database is in memory; at the end export->database gets it */
};

/** Create the database and the tables. A failure is stored in export->error. */
void aw__sqlite_open(struct aw__export *export, struct aw__sqlite *sqlite);
/** Commit; then close the database and copy it to the export's file, or keep it, if it is in memory. */
void aw__sqlite_close(struct aw__export *export, struct aw__sqlite *sqlite);
void aw__sqlite_execute(struct aw__export *export, const char *sql);

/**
 * Run a statement with its parameters, one for each letter of `types`:
 * i a number (uint64_t); o a number, of which 0 becomes NULL; s a C string or NULL; t a text and its length (size_t).
 */
void aw__sqlite_run(struct aw__export *export, enum aw__sqlite_statement statement,
		    const char *types, ...);

#endif
