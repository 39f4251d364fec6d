/* SPDX-License-Identifier: MIT */
/* The tables of the SQLite export; docs/exports.md explains them. Times are nanoseconds on the monotonic clock. */
#ifndef AW__EXPORT_SQLITE_SCHEMA_H
#define AW__EXPORT_SQLITE_SCHEMA_H

#define AW__SQLITE_SCHEMA                                                                          \
	"CREATE TABLE process(pid INTEGER NOT NULL, program TEXT NOT NULL,"                        \
	" runtime TEXT NOT NULL, monotonic_ns INTEGER NOT NULL, realtime_ns INTEGER NOT NULL)"     \
	" STRICT;"                                                                                 \
	"CREATE TABLE threads(thread INTEGER PRIMARY KEY, tid INTEGER, name TEXT) STRICT;"         \
	"CREATE TABLE loops(loop INTEGER PRIMARY KEY, label TEXT, tid INTEGER,"                    \
	" opened_ns INTEGER, closed_ns INTEGER) STRICT;"                                           \
	"CREATE TABLE blocks(loop INTEGER NOT NULL, end_ns INTEGER NOT NULL,"                      \
	" duration_ns INTEGER NOT NULL, finding INTEGER) STRICT;"                                  \
	"CREATE TABLE lags(loop INTEGER NOT NULL, from_ns INTEGER NOT NULL,"                       \
	" count INTEGER NOT NULL, PRIMARY KEY(loop, from_ns)) STRICT, WITHOUT ROWID;"              \
	"CREATE TABLE strings(string INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"             \
	"CREATE TABLE types(type INTEGER PRIMARY KEY, name TEXT NOT NULL, base INTEGER) STRICT;"   \
	"CREATE TABLE places(place INTEGER PRIMARY KEY, function TEXT, file TEXT, line INTEGER)"   \
	" STRICT;"                                                                                 \
	"CREATE TABLE stacks(stack INTEGER PRIMARY KEY, link INTEGER, flags INTEGER NOT NULL)"     \
	" STRICT;"                                                                                 \
	"CREATE TABLE frames(stack INTEGER NOT NULL, depth INTEGER NOT NULL, function TEXT,"       \
	" file TEXT, line INTEGER, module TEXT, address INTEGER, inlined INTEGER NOT NULL,"        \
	" machinery INTEGER NOT NULL, PRIMARY KEY(stack, depth)) STRICT, WITHOUT ROWID;"           \
	"CREATE TABLE tasks(task INTEGER PRIMARY KEY, name TEXT NOT NULL, creator INTEGER,"        \
	" coroutine INTEGER, stack INTEGER, loop INTEGER, scope INTEGER, created_ns INTEGER,"      \
	" finished_ns INTEGER, outcome TEXT, error INTEGER, run_ns INTEGER, steps INTEGER)"        \
	" STRICT;"                                                                                 \
	"CREATE TABLE intervals(task INTEGER NOT NULL, what TEXT NOT NULL, wait TEXT,"             \
	" target INTEGER, begin_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL) STRICT;"             \
	"CREATE TABLE cancels(task INTEGER NOT NULL, time_ns INTEGER NOT NULL, by_task INTEGER,"   \
	" why TEXT NOT NULL, message TEXT, stack INTEGER, origin INTEGER, deadline_ns INTEGER)"    \
	" STRICT;"                                                                                 \
	"CREATE TABLE errors(error INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL,"                 \
	" type INTEGER, task INTEGER, site INTEGER, stack INTEGER, message TEXT,"                  \
	" cause INTEGER, context INTEGER, is_group INTEGER NOT NULL, lost INTEGER NOT NULL,"       \
	" retrieved_ns INTEGER, owner INTEGER, retrieved_by INTEGER) STRICT;"                      \
	"CREATE TABLE error_children(error INTEGER NOT NULL, position INTEGER NOT NULL,"           \
	" child INTEGER NOT NULL, PRIMARY KEY(error, position)) STRICT, WITHOUT ROWID;"            \
	"CREATE TABLE error_notes(error INTEGER NOT NULL, time_ns INTEGER NOT NULL, key TEXT,"     \
	" text TEXT NOT NULL) STRICT;"                                                             \
	"CREATE TABLE findings(finding INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL,"             \
	" kind TEXT NOT NULL, task INTEGER, error INTEGER, stack INTEGER, value INTEGER,"          \
	" coroutine INTEGER, loop INTEGER, creator INTEGER, detail TEXT, advice TEXT NOT NULL)"    \
	" STRICT;"                                                                                 \
	"CREATE TABLE handles(handle INTEGER PRIMARY KEY, kind TEXT, task INTEGER,"                \
	" opened_ns INTEGER, closed_ns INTEGER) STRICT;"                                           \
	"CREATE TABLE events(time_ns INTEGER NOT NULL, kind TEXT NOT NULL, subject INTEGER NOT "   \
	"NULL,"                                                                                    \
	" task INTEGER, text TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL) STRICT;"   \
	"CREATE TABLE losses(time_ns INTEGER NOT NULL, thread INTEGER NOT NULL,"                   \
	" count INTEGER NOT NULL, what TEXT NOT NULL) STRICT;"

#define AW__SQLITE_INDEXES                                                                         \
	"CREATE INDEX tasks_by_creator ON tasks(creator);"                                         \
	"CREATE INDEX intervals_by_task ON intervals(task, begin_ns);"                             \
	"CREATE INDEX errors_by_task ON errors(task);"                                             \
	"CREATE INDEX findings_by_kind ON findings(kind);"                                         \
	"CREATE VIEW task_tree AS WITH RECURSIVE tree(task, depth, path) AS ("                     \
	" SELECT task, 0, printf('%020d', task) FROM tasks"                                        \
	" WHERE creator IS NULL OR creator NOT IN (SELECT task FROM tasks)"                        \
	" UNION ALL SELECT t.task, depth + 1, path || printf('%020d', t.task)"                     \
	" FROM tasks t JOIN tree ON t.creator = tree.task WHERE depth < 1000)"                     \
	" SELECT tree.task, depth, name, path FROM tree JOIN tasks USING (task) ORDER BY path;"    \
	"CREATE VIEW lost_errors AS SELECT errors.error, types.name AS type, message,"             \
	" tasks.name AS task, places.function, places.file, places.line FROM errors"               \
	" LEFT JOIN types USING (type) LEFT JOIN tasks USING (task)"                               \
	" LEFT JOIN places ON places.place = site WHERE lost;"

#endif
