/* SPDX-License-Identifier: MIT */
/*
 * A program whose names and messages contain markup, commands and control sequences: reports of it must not pass
 * them on.
 */
#include <awry.h>

static aw_error *bug(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "%s", (const char *)arg);
}

static const char *const words[] = {
	"</script><img src=x onerror=alert(1)><!--",
	"]]>&<\"'>\x01\x1b[31m\xff\xfe\xed\xa0\x80\xef\xbf\xbf",
	"line\r\n::error file=a,line=1::gotcha%0A::stop-commands::x",
	"[a link](http://127.0.0.1/) {0} {\"x\": 1}\xe2\x80\xae\xe2\x80\xa8",
};

static aw_error *amain(void *arg, void **ret)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		aw_task *task = aw_spawn(bug, (void *)(uintptr_t)words[i]);

		aw_task_set_name(task, words[i]);
		aw_task_unref(task);
		AW_TRY(aw_sleep(AW_MS(1)));
	}
	return NULL;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
