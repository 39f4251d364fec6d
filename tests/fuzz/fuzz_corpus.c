/* SPDX-License-Identifier: MIT */
/*
 * fuzz_corpus FOLDER…: runs a fuzz target on each file of the corpora: whole, cut at each of a hundred places (fewer
 * for targets that are slow), and with a bit flipped at each.
 */
#include <dirent.h>
#include <string.h>

#include "fuzz.h"

#ifndef PLACES
#define PLACES 100
#endif

enum { MOST_BYTES = 1 << 22 };

static void damage(uint8_t *data, size_t size)
{
	size_t step = size / PLACES + 1;

	for (size_t at = 0; at < size; at += step) {
		uint8_t before = data[at];

		LLVMFuzzerTestOneInput(data, at);
		data[at] = (uint8_t)(before ^ 1u << at % 8);
		LLVMFuzzerTestOneInput(data, size);
		data[at] = before;
	}
}

static void replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(MOST_BYTES);
	uint8_t *exact;
	size_t size;

	MUST(file != NULL && data != NULL);
	size = fread(data, 1, MOST_BYTES, file);
	MUST(size < MOST_BYTES);
	exact = malloc(size > 0 ? size : 1); /* so that a sanitizer reports a read beyond the end */
	MUST(exact != NULL);
	memcpy(exact, data, size);
	LLVMFuzzerTestOneInput(exact, size);
	damage(exact, size);
	free(exact);
	free(data);
	fclose(file);
}

/* Replay all files of a folder; returns their number, 0 if the folder does not exist. */
static unsigned replay_folder(const char *name)
{
	DIR *folder = opendir(name);
	unsigned count = 0;

	if (folder == NULL)
		return 0;
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		char path[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", name, entry->d_name);
		replay(path);
		count++;
	}
	closedir(folder);
	return count;
}

int main(int argc, char **argv)
{
	unsigned count = 0;

	for (int i = 1; i < argc; i++)
		count += replay_folder(argv[i]);
	printf("%u files\n", count);
	return count > 0 ? 0 : 1;
}
