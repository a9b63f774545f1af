#include "collector/import/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define POWER_MAX 5 /* "e-300": 0e99999999 is a number to strtod, and none to PostgreSQL */

int number_read(const char *text, double *ret)
{
    char *end;
    /* strtod also reads hexadecimal, "inf" and "nan". */
    if (strspn(text, "+-.0123456789eE") != strlen(text) || !strpbrk(text, "0123456789"))
        return -EBADMSG;
    errno = 0; /* ERANGE: 1e-20000 would be 0 here, and nothing to PostgreSQL */
    *ret = strtod(text, &end);
    const char *power = strpbrk(text, "eE");
    return *end || errno == ERANGE || (power && strlen(power) > POWER_MAX) ? -EBADMSG : 0;
}
