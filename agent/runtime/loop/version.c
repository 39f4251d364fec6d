/* SPDX-License-Identifier: MIT */
/* Which version of the library runs (<awry/version.h>). */
#include <awry/version.h>

unsigned int aw_version(void)
{
	return AW_VERSION;
}

const char *aw_version_string(void)
{
	return AW_VERSION_STRING;
}
