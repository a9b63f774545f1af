#include "collector/report/photograph.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/lang.h"

struct cursor {
    const uint8_t *at, *end;
};

static size_t left(const struct cursor *c)
{
    return (size_t)(c->end - c->at);
}

static uint32_t number(const uint8_t *at, size_t len, bool little)
{
    uint32_t n = 0;
    for (size_t i = 0; i < len; i++)
        n = n << 8 | at[little ? len - 1 - i : i];
    return n;
}

static int broken(struct fault *f, const char *kind)
{
    return fault_set(f, -EBADMSG, _("a broken %s image; save it anew"), kind);
}

/* ---- JPEG ---- */

enum {
    MARKER_RST_FIRST = 0xD0,
    MARKER_RST_LAST = 0xD7,
    MARKER_SOI = 0xD8,
    MARKER_EOI = 0xD9,
    MARKER_SOS = 0xDA,
    MARKER_APP0 = 0xE0,  /* JFIF */
    MARKER_APP1 = 0xE1,  /* Exif, XMP */
    MARKER_APP2 = 0xE2,  /* ICC, and more pictures */
    MARKER_APP14 = 0xEE, /* Adobe: in which colours */
    MARKER_APP15 = 0xEF,
    MARKER_COM = 0xFE,
};

#define EXIF             "Exif\0"
#define EXIF_ORIENTATION 0x0112
#define EXIF_ENTRY       12

static bool begins(const uint8_t *data, size_t len, const char *with, size_t with_len)
{
    return len >= with_len && !memcmp(data, with, with_len);
}

/* 1 to 8, as Exif 2.32 section 4.6.4 has it; 1 is upright, and what is not said. */
static uint32_t orientation(const uint8_t *data, size_t len)
{
    if (!begins(data, len, EXIF, 6) || len < 14)
        return 1;
    const uint8_t *tiff = data + 6;
    const bool little = tiff[0] == 'I';
    len -= 6;
    const uint32_t directory = number(tiff + 4, 4, little);
    if (directory > len - 2)
        return 1;
    const uint32_t count = number(tiff + directory, 2, little);
    for (uint32_t e = 0; e < count && directory + 2 + (e + 1) * EXIF_ENTRY <= len; e++) {
        const uint8_t *entry = tiff + directory + 2 + e * EXIF_ENTRY;
        const uint32_t value = number(entry + 8, 2, little);
        if (number(entry, 2, little) == EXIF_ORIENTATION)
            return value >= 1 && value <= 8 ? value : 1;
    }
    return 1;
}

/* An Exif that says nothing else. */
static void add_orientation(uint32_t which, struct buf *out)
{
    const char exif[] = "\xFF\xE1\x00\x22" EXIF "\0MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01";
    const char value[] = {0, (char)which, 0, 0, 0, 0, 0, 0};
    buf_add(out, exif, sizeof exif - 1);
    buf_add(out, value, sizeof value);
}

static bool is_kept(int marker, const uint8_t *data, size_t len)
{
    return marker == MARKER_APP0    ? begins(data, len, "JFIF", 5)
           : marker == MARKER_APP2  ? begins(data, len, "ICC_PROFILE", 12)
           : marker == MARKER_APP14 ? begins(data, len, "Adobe", 5)
                                    : marker != MARKER_COM && (marker < MARKER_APP0 || marker > MARKER_APP15);
}

/* From a marker's length to behind its segment. */
static int take_segment(struct cursor *c, int marker, struct buf *out)
{
    const size_t len = left(c) < 2 ? 0 : number(c->at, 2, false);
    if (len < 2 || len > left(c))
        return -EBADMSG;
    const uint8_t *data = c->at + 2;
    if (is_kept(marker, data, len - 2)) {
        const char head[] = {(char)0xFF, (char)marker};
        buf_add(out, head, 2);
        buf_add(out, c->at, len);
    } else if (marker == MARKER_APP1 && orientation(data, len - 2) > 1) {
        add_orientation(orientation(data, len - 2), out);
    }
    c->at += len;
    return 0;
}

/* What is drawn, up to the next marker: there 0xFF stands for itself before a 0, and before a restart. */
static void take_scan(struct cursor *c, struct buf *out)
{
    const uint8_t *from = c->at;
    while (left(c) >= 2 &&
           (c->at[0] != 0xFF || c->at[1] == 0 || (c->at[1] >= MARKER_RST_FIRST && c->at[1] <= MARKER_RST_LAST)))
        c->at++;
    buf_add(out, from, (size_t)(c->at - from));
}

int photograph_jpeg(const struct buf *in, struct buf *out, struct fault *f)
{
    struct cursor c = {(const uint8_t *)in->data, (const uint8_t *)in->data + in->len};
    if (!begins(c.at, in->len, "\xFF\xD8", 2))
        return broken(f, "JPEG");
    buf_add(out, c.at, 2);
    c.at += 2;
    while (left(&c) >= 2 && *c.at == 0xFF) {
        const int marker = c.at[1];
        c.at += marker == 0xFF ? 1 : 2; /* filled up */
        if (marker == 0xFF)
            continue;
        if (marker == MARKER_EOI) {
            buf_add(out, "\xFF\xD9", 2);
            return 0;
        }
        if (take_segment(&c, marker, out) < 0)
            break;
        if (marker == MARKER_SOS)
            take_scan(&c, out);
    }
    return broken(f, "JPEG");
}

/* ---- PNG ---- */

#define PNG_HEAD  8
#define PNG_CHUNK 12 /* length, name, check sum */

/* What is not critical (its name begins with a small letter), and is of how it looks. */
static bool is_seen(const uint8_t *name)
{
    static const char *const seen[] = {"tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs"};
    bool is = !(name[0] & 0x20);
    for (size_t s = 0; s < COUNT(seen); s++)
        is |= !memcmp(name, seen[s], 4);
    return is;
}

int photograph_png(const struct buf *in, struct buf *out, struct fault *f)
{
    struct cursor c = {(const uint8_t *)in->data, (const uint8_t *)in->data + in->len};
    if (left(&c) < PNG_HEAD)
        return broken(f, "PNG");
    buf_add(out, c.at, PNG_HEAD);
    c.at += PNG_HEAD;
    while (left(&c) >= PNG_CHUNK) {
        const size_t len = number(c.at, 4, false);
        const uint8_t *name = c.at + 4;
        if (len > left(&c) - PNG_CHUNK)
            break;
        if (is_seen(name))
            buf_add(out, c.at, len + PNG_CHUNK);
        if (!memcmp(name, "IEND", 4))
            return 0;
        c.at += len + PNG_CHUNK;
    }
    return broken(f, "PNG");
}
