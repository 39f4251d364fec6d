/* SPDX-License-Identifier: MIT */
/*
 * aw_process_communicate(): writes a process's input and reads its outputs concurrently, each in a task; one after
 * the other could block both sides on a full pipe.
 */
#include "agent/runtime/process/process.h"

#include <stdlib.h>

struct talk {
	aw_process *process;
	const void *input;
	size_t input_length;
	aw_output output;
};

/* Ignore that the process has closed its input: it need not read all. */
static aw_error *unless_broken(aw_error *err)
{
	if (aw_error_is(err, aw_BrokenPipeError) || aw_error_is(err, aw_ConnectionResetError))
		return aw_error_unref(err);
	return err;
}

static aw_error *feed(void *arg, void **ret)
{
	struct talk *talk = arg;
	aw_stream *stream = talk->process->streams[0];
	aw_error *err = NULL;

	if (stream == NULL)
		return NULL;
	if (talk->input_length > 0)
		err = aw_stream_write(stream, talk->input, talk->input_length);
	if (err == NULL)
		err = aw_stream_drain(stream);
	/* also after an error: otherwise the process would wait for more input */
	aw_stream_close(stream);
	return unless_broken(err);
}

static aw_error *read_to_end(aw_stream *stream, char **ret_data, size_t *ret_length)
{
	if (stream == NULL)
		return NULL;
	aw_error *err = aw_stream_read_all(stream, ret_data, ret_length);

	/* also after an error: otherwise the process would wait until its output is read */
	aw_stream_close(stream);
	return err;
}

static aw_error *read_out(void *arg, void **ret)
{
	struct talk *talk = arg;

	return read_to_end(talk->process->streams[1], &talk->output.out, &talk->output.out_length);
}

static aw_error *read_err(void *arg, void **ret)
{
	struct talk *talk = arg;

	return read_to_end(talk->process->streams[2], &talk->output.err, &talk->output.err_length);
}

/* Wait until all three are done, even after an error, because they refer to this stack. The first error
 * is returned, and cancels the other tasks. */
static aw_error *talk_to_end(struct talk *talk)
{
	aw_task *tasks[] = { aw_spawn(feed, talk), aw_spawn(read_out, talk),
			     aw_spawn(read_err, talk) };
	aw_error *err = NULL;

	if (tasks[0] == NULL || tasks[1] == NULL || tasks[2] == NULL)
		err = aw_raise(aw_MemoryError, NULL);
	for (size_t i = 0; i < 3; i++) {
		aw_error *late;

		if (err != NULL && tasks[i] != NULL)
			aw_task_cancel(tasks[i], NULL);
		late = aw_await(tasks[i], NULL);
		aw_task_unref(tasks[i]);
		if (err == NULL)
			err = late;
		else
			aw_error_unref(late);
	}
	return err != NULL ? err : aw_process_wait(talk->process, NULL);
}

aw_error *aw_process_communicate(aw_process *process, const void *input, size_t input_length,
				 aw_output *ret_output)
{
	struct talk talk = { process, input, input_length, { 0 } };
	aw_error *err;

	if (input_length > 0 && process->streams[0] == NULL)
		return aw_raise(aw_ValueError, "an input needs a pipe for stdin");
	aw_process_ref(process);
	err = talk_to_end(&talk);
	aw_process_unref(process);
	if (err == NULL && ret_output != NULL)
		*ret_output = talk.output;
	else
		aw_output_finish(&talk.output);
	return err;
}

void aw_output_finish(aw_output *output)
{
	free(output->out);
	free(output->err);
	*output = (aw_output){ .out_length = 0 };
}
