#include "parts.h"

unsigned hash(const char *text)
{
    unsigned value = 5381;
    while (*text)
        value = value * 33 + (unsigned char)*text++;
    return value;
}
