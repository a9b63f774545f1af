#include "collector/db/copy.h"

#include <arpa/inet.h>
#include <endian.h>

#include "common/progress.h"

#define PIECE (1u << 18) /* sent at once, where a terminal is shown how far it is */

#define HEADER     "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
#define HEADER_LEN 19
#define TRAILER    "\377\377"
#define INT2_OID   21
#define INT4_OID   23
#define FLOAT4_OID 700
#define FLOAT8_OID 701
#define INET_V4    2 /* PGSQL_AF_INET */
#define INET_V6    3

static char *put16(char *to, uint16_t value)
{
    uint16_t wire = htobe16(value);
    return (char *)memcpy(to, &wire, sizeof wire) + sizeof wire;
}

static char *put32(char *to, uint32_t value)
{
    uint32_t wire = htobe32(value);
    return (char *)memcpy(to, &wire, sizeof wire) + sizeof wire;
}

static char *put64(char *to, uint64_t value)
{
    uint64_t wire = htobe64(value);
    return (char *)memcpy(to, &wire, sizeof wire) + sizeof wire;
}

/* ---- rows ---- */

char *copy_row_begin(struct copy_rows *rows, size_t size_max, int fields)
{
    uint32_t offset = (uint32_t)rows->bytes.len;
    buf_add(&rows->offsets, &offset, sizeof offset);
    rows->count++;
    buf_reserve(&rows->bytes, size_max);
    return put16(rows->bytes.data + offset, (uint16_t)fields);
}

void copy_row_end(struct copy_rows *rows, const char *to)
{
    rows->bytes.len = (size_t)(to - rows->bytes.data);
}

void copy_rows_number(struct copy_rows *rows, int64_t value)
{
    const uint32_t *offsets = (const uint32_t *)(const void *)rows->offsets.data;
    for (size_t i = 0; i < rows->count; i++)
        put64(rows->bytes.data + offsets[i] + 2 + 4, (uint64_t)value);
}

void copy_rows_clear(struct copy_rows *rows)
{
    buf_clear(&rows->bytes);
    buf_clear(&rows->offsets);
    rows->count = 0;
}

void copy_rows_free(struct copy_rows *rows)
{
    buf_free(&rows->bytes);
    buf_free(&rows->offsets);
    rows->count = 0;
}

static int begin(struct pg *pg, const char *sql, struct fault *f)
{
    int rc = pg_copy_start(pg, sql, f);
    return rc < 0 ? rc : pg_copy_put(pg, HEADER, HEADER_LEN, f);
}

static int end(struct pg *pg, struct fault *f)
{
    int rc = pg_copy_put(pg, TRAILER, 2, f);
    return rc < 0 ? rc : pg_copy_end(pg, f);
}

int copy_send(struct pg *pg, const char *sql, const struct copy_rows *const *rows, size_t count, struct fault *f)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += rows[i]->count;
    if (total == 0)
        return 0;
    int rc = begin(pg, sql, f);
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = pg_copy_put(pg, rows[i]->bytes.data, rows[i]->bytes.len, f);
    return rc < 0 ? rc : end(pg, f);
}

int copy_send_shown(struct pg *pg, const char *sql, const struct copy_rows *rows, const char *what, struct fault *f)
{
    struct progress progress = {0};
    const size_t len = rows->bytes.len;
    int rc = begin(pg, sql, f);
    for (size_t at = 0, piece; rc == 0 && at < len; at += piece) {
        progress_show(&progress, what, (int64_t)((double)rows->count * (double)at / (double)len), (int64_t)rows->count);
        piece = len - at < PIECE ? len - at : PIECE;
        rc = pg_copy_put(pg, rows->bytes.data + at, piece, f);
    }
    if (rc == 0)
        rc = end(pg, f);
    progress_end(&progress);
    return rc;
}

/* ---- fields ---- */

char *copy_null(char *to)
{
    return put32(to, UINT32_MAX);
}

char *copy_int2(char *to, int value)
{
    return put16(put32(to, 2), (uint16_t)value);
}

char *copy_int4(char *to, int32_t value)
{
    return put32(put32(to, 4), (uint32_t)value);
}

char *copy_int8(char *to, int64_t value)
{
    return put64(put32(to, 8), (uint64_t)value);
}

char *copy_bytes(char *to, const void *bytes, size_t len)
{
    to = put32(to, (uint32_t)len);
    if (len > 0)
        memcpy(to, bytes, len);
    return to + len;
}

/* Family, bits, is_cidr, length, octets. */
char *copy_inet(char *to, const char *addr, size_t len)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char octets[16];
    if (len == 0 || len >= sizeof text)
        return copy_null(to);
    memcpy(text, addr, len);
    text[len] = '\0';
    bool v6 = memchr(text, ':', len) != NULL;
    if (inet_pton(v6 ? AF_INET6 : AF_INET, text, octets) != 1)
        return copy_null(to);
    size_t size = v6 ? 16 : 4;
    to = put32(to, (uint32_t)(4 + size));
    *to++ = v6 ? INET_V6 : INET_V4;
    *to++ = (char)(size * 8);
    *to++ = 0;
    *to++ = (char)size;
    return (char *)memcpy(to, octets, size) + size;
}

char *copy_cidr(char *to, const char *addr, size_t len, unsigned bits)
{
    char *start = to;
    to = copy_inet(to, addr, len);
    if (to - start > 4) {
        start[5] = (char)bits;
        start[6] = 1;
    }
    return to;
}

/* Dimensions, has NULLs, element type; length and lower bound of the dimension. */
static char *array_head(char *to, size_t count, bool nulls, uint32_t type)
{
    to = put32(put32(put32(to, count ? 1 : 0), nulls), type);
    return count ? put32(put32(to, (uint32_t)count), 1) : to;
}

/* As many elements as the last that is present asks for. Returns their number. */
static uint32_t array_begin(char **to, uint64_t present, uint32_t type)
{
    uint32_t count = present ? 64 - (uint32_t)__builtin_clzll(present) : 0;
    *to = array_head(*to, count, present & (present + 1), type);
    return count;
}

static char *put_float(char *to, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return copy_int4(to, (int32_t)bits);
}

char *copy_double(char *to, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return copy_int8(to, (int64_t)bits);
}

static char *array_end(char *length, char *to)
{
    put32(length, (uint32_t)(to - length - 4));
    return to;
}

char *copy_reals(char *to, const double *values, uint64_t present)
{
    char *length = to;
    to += 4;
    uint32_t count = array_begin(&to, present, FLOAT4_OID);
    for (uint32_t i = 0; i < count; i++)
        to = present >> i & 1 ? put_float(to, (float)values[i]) : copy_null(to);
    return array_end(length, to);
}

char *copy_doubles(char *to, const double *values, uint64_t present)
{
    if (!present)
        return copy_null(to);
    char *length = to;
    to += 4;
    uint32_t count = array_begin(&to, present, FLOAT8_OID);
    for (uint32_t i = 0; i < count; i++)
        to = present >> i & 1 ? copy_double(to, values[i]) : copy_null(to);
    return array_end(length, to);
}

char *copy_int2s(char *to, const int16_t *values, size_t count)
{
    char *length = to;
    to = array_head(to + 4, count, false, INT2_OID);
    for (size_t i = 0; i < count; i++)
        to = copy_int2(to, values[i]);
    return array_end(length, to);
}

char *copy_int4s(char *to, const int32_t *values, size_t count)
{
    char *length = to;
    to = array_head(to + 4, count, false, INT4_OID);
    for (size_t i = 0; i < count; i++)
        to = copy_int4(to, values[i]);
    return array_end(length, to);
}

static bool lacks(uint64_t present, size_t count)
{
    return count > 0 && ~present << (64 - count) != 0;
}

char *copy_reals_of(char *to, const float *values, uint64_t present, size_t count)
{
    char *length = to;
    to = array_head(to + 4, count, lacks(present, count), FLOAT4_OID);
    for (size_t i = 0; i < count; i++)
        to = present >> i & 1 ? put_float(to, values[i]) : copy_null(to);
    return array_end(length, to);
}

char *copy_doubles_of(char *to, const double *values, uint64_t present, size_t count)
{
    char *length = to;
    to = array_head(to + 4, count, lacks(present, count), FLOAT8_OID);
    for (size_t i = 0; i < count; i++)
        to = present >> i & 1 ? copy_double(to, values[i]) : copy_null(to);
    return array_end(length, to);
}

char *copy_floats(char *to, const float *first, size_t stride, size_t count)
{
    char *length = to;
    to = array_head(to + 4, count, false, FLOAT4_OID);
    for (size_t i = 0; i < count; i++)
        to = put_float(to, *(const float *)(const void *)((const char *)first + i * stride));
    return array_end(length, to);
}
