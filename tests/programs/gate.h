// What `--engine fast` leaves in the memory of a process.
#pragma once
#include "program.h"

/* The page of known calls: private, no file, readable and executable, where nothing else is. */
static inline char *gate(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    CHECK(maps);
    char line[512];
    uintptr_t found = 0;
    while (fgets(line, sizeof line, maps)) {
        uintptr_t from, to;
        char rights[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 && from >> 40 >= 0x41 && from >> 40 < 0x4f
            && to - from == 4096 && strcmp(rights, "r-xp") == 0)
            found = from;
    }
    fclose(maps);
    return (char *)found;
}
