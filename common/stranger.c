#include "common/stranger.h"

#include <stdatomic.h>
#include <stdbool.h>

static _Thread_local bool unproven;
static atomic_ullong octets_read[STRANGER_READERS];

void stranger_begins(void)
{
    unproven = true;
}

void stranger_ends(void)
{
    unproven = false;
}

void stranger_read(enum stranger_reader reader, size_t octets)
{
    if (unproven)
        octets_read[reader] += octets;
}

unsigned long long stranger_octets(enum stranger_reader reader)
{
    return octets_read[reader];
}
