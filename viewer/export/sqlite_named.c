/* SPDX-License-Identifier: MIT */
/* The queries that `awry query` knows by name; docs/exports.md explains them. */
#include <string.h>

#include "viewer/export/sqlite_query.h"

/* clang-format off */
const struct aw__query_named aw__sqlite_named[] = {
	{ "waits", "what tasks wait for, and for how long in all",
		"SELECT wait, count(*) AS times, sum(end_ns - begin_ns) / 1e6 AS ms\n"
		"FROM intervals WHERE what = 'waiting' GROUP BY wait ORDER BY ms DESC" },
	{ "tree", "the tree of tasks, indented",
		"SELECT printf('%*s%s', depth * 2, '', name) AS task FROM task_tree" },
	{ "lost-errors", "errors that nobody retrieved, by where they were raised",
		"SELECT type, function, file || ':' || line AS place, count(*) AS times\n"
		"FROM lost_errors GROUP BY type, function, place ORDER BY times DESC" },
	{ "coroutines", "coroutines by the total processor time of their tasks",
		"SELECT places.function, count(*) AS tasks, sum(run_ns) / 1e6 AS ms\n"
		"FROM tasks JOIN places ON places.place = tasks.coroutine\n"
		"GROUP BY places.function ORDER BY ms DESC" },
	{ "leaks", "leaked or orphaned tasks, and never awaited coroutines",
		"SELECT kind, name AS task, function, file || ':' || line AS place, detail\n"
		"FROM findings LEFT JOIN tasks USING (task)\n"
		"LEFT JOIN places ON place = coalesce(findings.coroutine, tasks.coroutine)\n"
		"WHERE kind IN ('leaked-task', 'orphan-task', 'never-awaited') ORDER BY time_ns" },
	{ "stack", "the stack of the first finding, up to main",
		"WITH RECURSIVE chain(stack, nth) AS (\n"
		"  SELECT stack, 0 FROM findings WHERE finding = (SELECT min(finding) FROM findings WHERE stack IS NOT NULL)\n"
		"  UNION SELECT link, nth + 1 FROM chain JOIN stacks USING (stack) WHERE link IS NOT NULL AND nth < 100)\n"
		"SELECT nth, depth, function, file, line FROM chain JOIN frames USING (stack)\n"
		"WHERE NOT machinery ORDER BY nth, depth" },
	{ 0 },
};
/* clang-format on */

const struct aw__query_named *aw__sqlite_named_find(const char *name)
{
	for (const struct aw__query_named *named = aw__sqlite_named; named->name != NULL; named++)
		if (strcmp(named->name, name) == 0)
			return named;
	return NULL;
}
