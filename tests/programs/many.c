// many N: asks for N names, none of which is there, and says so.
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
    struct stat status;
    char name[100];
    long count = argc > 1 ? atol(argv[1]) : 0;
    for (long i = 0; i < count; i++) {
        snprintf(name, sizeof name, "/no/such/directory-%ld/nor-any-file-%ld", i / 1000, i);
        if (stat(name, &status) == 0)
            return 1;
    }

    printf("%ld\n", count);
    return 0;
}
