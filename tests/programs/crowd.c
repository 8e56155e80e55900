// A thousand threads at once, each with a file of its own.
#include "program.h"
#include <pthread.h>

enum { THREADS = 1000 };
static pthread_barrier_t all;

static void *work(void *number)
{
    char name[32];
    snprintf(name, sizeof name, "thread-%ld", (long)number);
    int result = pthread_barrier_wait(&all);
    CHECK(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
    create(name);
    return NULL;
}

int main(void)
{
    static pthread_t threads[THREADS];
    pthread_attr_t small;
    CHECK(pthread_attr_init(&small) == 0 && pthread_attr_setstacksize(&small, 64 * 1024) == 0);
    CHECK(pthread_barrier_init(&all, NULL, THREADS) == 0);
    for (long i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], &small, work, (void *)i) != 0)
            _exit(UNSUPPORTED);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    return 0;
}
