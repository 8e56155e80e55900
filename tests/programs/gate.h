// What `--engine fast` leaves in the memory of a process.
#pragma once
#include "program.h"

/* The code for known calls: memory that all armed processes share, readable and executable. */
static inline char *gate(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    CHECK(maps);
    char line[512];
    uintptr_t found = 0;
    while (fgets(line, sizeof line, maps)) {
        uintptr_t from, to;
        char rights[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 && strcmp(rights, "r-xs") == 0
            && strstr(line, "/SYSV"))
            found = from;
    }
    fclose(maps);
    return (char *)found;
}
