#include "collector/db/copy_out.h"

#include <string.h>

#define SIGNATURE_LEN 11 /* then flags, and the length of what follows them: 32 bits each */

static uint64_t get(const unsigned char *at, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | at[i];
    return value;
}

static size_t left(const struct copy_out *o)
{
    return (size_t)(o->end - o->at);
}

int copy_out_start(struct copy_out *o, struct pg *pg, const char *sql, struct fault *f)
{
    *o = (struct copy_out){.pg = pg};
    return pg_copy_out(pg, sql, f);
}

/* A row begins with the number of its fields; -1 comes after the last. */
int copy_out_next(struct copy_out *o, bool *ret_more, struct fault *f)
{
    for (;;) {
        const void *bytes;
        size_t len;
        int rc = pg_copy_next(o->pg, &bytes, &len, f);
        if (rc < 0)
            return rc;
        *ret_more = false;
        if (!bytes)
            return 0;
        o->at = bytes;
        o->end = o->at + len;
        if (!o->begun && len >= SIGNATURE_LEN + 8) {
            size_t extension = (size_t)get(o->at + SIGNATURE_LEN + 4, 4);
            o->at += SIGNATURE_LEN + 8;
            o->at += extension < left(o) ? extension : left(o);
            o->begun = true;
        }
        if (left(o) < 2)
            continue; /* the header came alone */
        *ret_more = (int16_t)get(o->at, 2) >= 0;
        o->at += 2;
        if (*ret_more)
            return 0;
    }
}

const unsigned char *copy_out_bytes(struct copy_out *o, size_t *ret_len)
{
    *ret_len = 0;
    if (left(o) < 4)
        return NULL;
    int32_t len = (int32_t)get(o->at, 4);
    o->at += 4;
    if (len < 0 || (size_t)len > left(o))
        return NULL;
    const unsigned char *field = o->at;
    o->at += len;
    *ret_len = (size_t)len;
    return field;
}

int64_t copy_out_int(struct copy_out *o, int64_t otherwise)
{
    size_t len;
    const unsigned char *field = copy_out_bytes(o, &len);
    if (!field || len == 0 || len > 8)
        return otherwise;
    uint64_t value = get(field, len);
    unsigned unused = 64 - 8 * (unsigned)len;
    return len == 1 ? (int64_t)value : (int64_t)(value << unused) >> unused;
}

/* ---- arrays ---- */

struct elements {
    struct copy_out in;
    size_t count;
};

static struct elements elements_of(struct copy_out *o, size_t max)
{
    size_t len;
    const unsigned char *field = copy_out_bytes(o, &len);
    if (!field || len < 20 || get(field, 4) != 1)
        return (struct elements){.count = 0};
    size_t count = (size_t)get(field + 12, 4);
    return (struct elements){{.at = field + 20, .end = field + len}, count < max ? count : max};
}

size_t copy_out_reals(struct copy_out *o, float *values, uint64_t *present, size_t max)
{
    struct elements e = elements_of(o, max);
    *present = 0;
    for (size_t i = 0; i < e.count; i++) {
        size_t len;
        const unsigned char *element = copy_out_bytes(&e.in, &len);
        if (!element || len != 4)
            continue;
        uint32_t bits = (uint32_t)get(element, 4);
        memcpy(&values[i], &bits, sizeof bits);
        *present |= UINT64_C(1) << i;
    }
    return e.count;
}

size_t copy_out_doubles(struct copy_out *o, double *values, uint64_t *present, size_t max)
{
    struct elements e = elements_of(o, max);
    *present = 0;
    for (size_t i = 0; i < e.count; i++) {
        size_t len;
        const unsigned char *element = copy_out_bytes(&e.in, &len);
        if (!element || len != 8)
            continue;
        uint64_t bits = get(element, 8);
        memcpy(&values[i], &bits, sizeof bits);
        *present |= UINT64_C(1) << i;
    }
    return e.count;
}

size_t copy_out_ints(struct copy_out *o, int32_t *values, size_t max)
{
    struct elements e = elements_of(o, max);
    for (size_t i = 0; i < e.count; i++)
        values[i] = (int32_t)copy_out_int(&e.in, 0);
    return e.count;
}

size_t copy_out_floats(struct copy_out *o, float *values, size_t max)
{
    struct elements e = elements_of(o, max);
    for (size_t i = 0; i < e.count; i++) {
        uint32_t bits = (uint32_t)copy_out_int(&e.in, 0);
        memcpy(&values[i], &bits, sizeof bits);
    }
    return e.count;
}
