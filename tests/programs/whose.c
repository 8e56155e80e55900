// A signal to a thread runs its handler in that thread and in no other.
//= 1 create done
#include "program.h"
#include <pthread.h>

enum { SIGNALS = 50 };

static volatile pid_t thread, first;
static volatile sig_atomic_t own, others, over;

static void count(int number)
{
    pid_t self = syscall(SYS_gettid);
    if (self == (number == SIGUSR1 ? thread : first))
        own++;
    else
        others++;
}

static void *wait_for_them(void *unused)
{
    (void)unused;
    thread = syscall(SYS_gettid);
    while (!over)
        usleep(1000);
    return NULL;
}

int main(void)
{
    struct sigaction action = { .sa_handler = count, .sa_flags = SA_RESTART };
    pthread_t id;
    first = syscall(SYS_gettid);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0 && sigaction(SIGUSR2, &action, NULL) == 0);
    CHECK(pthread_create(&id, NULL, wait_for_them, NULL) == 0);
    while (thread == 0)
        usleep(1000);
    for (int i = 1; i <= SIGNALS; i++) {
        CHECK(syscall(SYS_tgkill, getpid(), i % 2 ? thread : first, i % 2 ? SIGUSR1 : SIGUSR2) == 0);
        while (own + others < i)
            usleep(1000);
    }
    over = 1;
    CHECK(pthread_join(id, NULL) == 0);
    CHECK(own == SIGNALS && others == 0);
    create("done");
    return 0;
}
