// Two processes that make a child each at the same moment, and whose maker only waits.
#include "program.h"

static pid_t begin(int ready, const int *go)
{
    int status;
    char byte;
    pid_t maker = fork();
    CHECK(maker >= 0);
    if (maker > 0)
        return maker;
    close(go[1]);
    CHECK(write(ready, "", 1) == 1);
    CHECK(read(go[0], &byte, 1) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child > 0)
        CHECK(waitpid(child, &status, 0) == child && status == 0);
    _exit(0);
}

int main(void)
{
    int ready[2], go[2], status;
    char bytes[1];
    CHECK(pipe(ready) == 0 && pipe(go) == 0);
    pid_t one = begin(ready[1], go), other = begin(ready[1], go);
    for (int i = 0; i < 2; i++)
        CHECK(read(ready[0], bytes, 1) == 1);
    close(go[1]);
    CHECK(waitpid(one, &status, 0) == one && status == 0);
    CHECK(waitpid(other, &status, 0) == other && status == 0);
    return 0;
}
