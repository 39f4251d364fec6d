/* SPDX-License-Identifier: MIT */
/* Recognises files of the kernel (procfs, sysfs and the like) by their file system, before awry opens one for writing. */
#include "base/kernel_files.h"

#include <linux/magic.h>
#include <stddef.h>
#include <sys/vfs.h>

/* Numbers that <linux/magic.h> of older kernels lacks. */
#define CONFIGFS 0x62656570
#define MQUEUE	 0x19800202
#define FUSECTL	 0x65735543

static const unsigned long kernels[] = {
	PROC_SUPER_MAGIC, SYSFS_MAGIC,	       DEBUGFS_MAGIC,  TRACEFS_MAGIC,  SECURITYFS_MAGIC,
	SELINUX_MAGIC,	  SMACK_MAGIC,	       BPF_FS_MAGIC,   NSFS_MAGIC,     CGROUP_SUPER_MAGIC,
	PSTOREFS_MAGIC,	  CGROUP2_SUPER_MAGIC, EFIVARFS_MAGIC, BINFMTFS_MAGIC, RDTGROUP_SUPER_MAGIC,
	CONFIGFS,	  DEVPTS_SUPER_MAGIC,  MQUEUE,	       FUSECTL,
};

bool aw__kernel_files_has(const char *path)
{
	struct statfs system;

	if (statfs(path, &system) != 0)
		return false;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++)
		if ((unsigned long)system.f_type == kernels[i])
			return true;
	return false;
}
