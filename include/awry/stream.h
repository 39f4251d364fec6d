#include <awry/task.h>
