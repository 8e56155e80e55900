// execve from a thread that is not the first: it takes the process number of the first.
//= 1 create before
//= 2 create after-exec
#include "program.h"
#include <pthread.h>

static char *program;

static void *work(void *unused)
{
    char *arguments[] = { program, "child", NULL };
    (void)unused;
    create("before");
    execv(program, arguments);
    _exit(FAILED);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        create("after-exec");
        return 0;
    }
    program = argv[0];
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, work, NULL) == 0);
    for (;;)
        pause();
}
