#include "parts.h"
#include <stdio.h>

int main(void)
{
    for (const char *const *word = words; *word; word++)
        printf("%-*s %08x\n", longest(), *word, hash(*word));
    return 0;
}
