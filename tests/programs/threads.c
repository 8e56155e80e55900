// Threads that open files at the same time.
//: unordered
//< input
//= 1 read input
//= 1 create t0
//= 1 create t1
//= 1 create t2
//= 1 create t3
#include "program.h"
#include <pthread.h>

static void *work(void *name)
{
    create(name);
    for (int i = 0; i < 500; i++)
        read_all("input");
    return NULL;
}

int main(void)
{
    static char names[4][3] = { "t0", "t1", "t2", "t3" };
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, work, names[i]) == 0);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    return 0;
}
