#include "common/qvalue.h"

#include <errno.h>

/* qvalue = "0" [ "." 0*3DIGIT ] / "1" [ "." 0*3("0") ] */
int qvalue_read(const char *text, size_t len)
{
    int weight = 0, unit = QVALUE_MAX;
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    if (len == 0 || len > 5 || (text[0] != '0' && text[0] != '1') || (len > 1 && text[1] != '.'))
        return -EINVAL;
    for (size_t i = 0; i < len; i++) {
        if (i == 1)
            continue;
        if (text[i] < '0' || text[i] > '9')
            return -EINVAL;
        weight += (text[i] - '0') * unit;
        unit /= 10;
    }
    return weight <= QVALUE_MAX ? weight : -EINVAL;
}
