/* SPDX-License-Identifier: MIT */
/* Why nothing was recorded of a command, as far as the command itself tells. */
#ifndef AW__CLI_SILENCE_H
#define AW__CLI_SILENCE_H

/** What is known of a command in which nothing was recorded, as the end of a sentence; never NULL. */
const char *aw__silence_reason(char *const *argv);

#endif
