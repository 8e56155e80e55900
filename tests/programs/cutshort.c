// Processes whose first thread makes and removes names without a pause and is ended in the middle of that.
//
//   cutshort ROUNDS SEED
//
// SIGKILL ends the thread, or another thread does, which exits for all or calls execve; they take turns. Each process
// works in a directory of its own. What is left there afterwards tells which call was the last that had an effect.
#include "program.h"
#include <pthread.h>

enum { LONG = 100000 };

static char *program;
static int delay, way;

static void *end(void *unused)
{
    // Long words are copied after the call was looked at and before it ends the other threads.
    static char words[LONG];
    char *arguments[] = { program, words, NULL };
    (void)unused;
    memset(words, 'x', LONG - 1);
    for (volatile int i = 0; i < delay; i++)
        continue;
    if (way == 0)
        kill(getpid(), SIGKILL);
    else if (way == 1)
        _exit(0);
    execv(program, arguments);
    _exit(FAILED);
}

int main(int argc, char **argv)
{
    program = argv[0];
    if (argc == 2)
        return 0;
    CHECK(argc == 3);
    int rounds = atoi(argv[1]);
    srand(atoi(argv[2]));
    for (int round = 0; round < rounds; round++) {
        char name[16];
        delay = rand() % 1000000;
        way = round % 3;
        snprintf(name, sizeof name, "%d", round);
        CHECK(mkdir(name, 0777) == 0);
        pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            pthread_t thread;
            CHECK(chdir(name) == 0);
            CHECK(pthread_create(&thread, NULL, end, NULL) == 0);
            for (;;) {
                create("a");
                CHECK(rename("a", "b") == 0);
                CHECK(link("b", "c") == 0);
                CHECK(symlink("c", "d") == 0);
                CHECK(mkdir("e", 0777) == 0);
                CHECK(mkfifo("f", 0666) == 0);
                CHECK(unlink("f") == 0);
                CHECK(rmdir("e") == 0);
                CHECK(unlink("d") == 0);
                CHECK(unlink("c") == 0);
                CHECK(unlink("b") == 0);
            }
        }
        int status;
        CHECK(waitpid(pid, &status, 0) == pid);
        CHECK(way == 0 ? WIFSIGNALED(status) : WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    return 0;
}
