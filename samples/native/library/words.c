#include "words.h"

int words_count(const char *text)
{
    return count_of(text, SEPARATORS);
}
