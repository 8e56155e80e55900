#include <string.h>
#include "words.h"

int count_of(const char *text, const char *separators)
{
    int count = 0;
    while (*(text += strspn(text, separators)) != '\0') {
        count++;
        text += strcspn(text, separators);
    }
    return count;
}
