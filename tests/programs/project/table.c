#include "parts.h"
#include <string.h>

int longest(void)
{
    size_t most = 0;
    for (const char *const *word = words; *word; word++)
        if (strlen(*word) > most)
            most = strlen(*word);
    return (int)most;
}
