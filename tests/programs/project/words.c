#include "parts.h"
#include "generated.h"

const char *const words[] = { WORDS };
