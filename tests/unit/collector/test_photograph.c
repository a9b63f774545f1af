#include "tests/unit/check.h"

#include <errno.h>

#include "collector/report/photograph.h"

#define BYTES(text)                                                                                                    \
    {                                                                                                                  \
        .data = (char *)(text), .len = sizeof(text) - 1                                                                \
    }

#define JFIF "\xFF\xE0\x00\x07JFIF\0"
#define GPS                                                                                                            \
    "\xFF\xE1\x00\x0D"                                                                                                 \
    "Exif\0\0MM\x00\x2A\x00"
#define TURNED_BY_CAMERA                                                                                               \
    "\xFF\xE1\x00\x2E"                                                                                                 \
    "Exif\0\0II\x2A\x00\x08\x00\x00\x00\x02\x00\x0F\x01\x02\x00\x03\x00\x00\x00"                                       \
    "Tel\0"                                                                                                            \
    "\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
#define TURNED                                                                                                         \
    "\xFF\xE1\x00\x22"                                                                                                 \
    "Exif\0\0MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"                       \
    "\x00\x00\x00\x00"
#define COMMENT "\xFF\xFE\x00\x06Here"
#define TABLE   "\xFF\xDB\x00\x04\xFF\xD9" /* an end in a table is none */
#define SCAN                                                                                                           \
    "\xFF\xDA\x00\x03\x01"                                                                                             \
    "ab\xFF\x00\xFF\xD0"                                                                                               \
    "cd"
#define ICC  "\xFF\xE2\x00\x10ICC_PROFILE\0\x01\x01"
#define MORE "\xFF\xE2\x00\x06MPF\0"
#define END  "\xFF\xD9"

static void a_jpeg_keeps_what_is_seen(void **state)
{
    static const struct {
        const struct buf in, wanted;
    } rows[] = {
        {BYTES("\xFF\xD8" JFIF TABLE SCAN END), BYTES("\xFF\xD8" JFIF TABLE SCAN END)},
        {BYTES("\xFF\xD8" JFIF GPS COMMENT TABLE SCAN END), BYTES("\xFF\xD8" JFIF TABLE SCAN END)},
        {BYTES("\xFF\xD8" TURNED_BY_CAMERA TABLE SCAN END), BYTES("\xFF\xD8" TURNED TABLE SCAN END)},
        {BYTES("\xFF\xD8" ICC MORE TABLE SCAN TABLE COMMENT SCAN END), BYTES("\xFF\xD8" ICC TABLE SCAN TABLE SCAN END)},
        {BYTES("\xFF\xD8" TABLE "\xFF" SCAN END "Lat 6.37" GPS), BYTES("\xFF\xD8" TABLE SCAN END)},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_(buf_free) struct buf out = {0};
        struct fault f = {0};
        if (photograph_jpeg(&rows[r].in, &out, &f) < 0)
            fail_msg("%zu: %s", r, f.text);
        if (out.len != rows[r].wanted.len || memcmp(out.data, rows[r].wanted.data, out.len))
            fail_msg("%zu: another %zu octets", r, out.len);
    }
}

#define PNG  "\x89PNG\r\n\x1A\n"
#define IHDR "\0\0\0\x01IHDRx1234"
#define PHYS "\0\0\0\x01pHYsx1234"
#define TEXT "\0\0\0\x03tEXtLat1234"
#define EXIF                                                                                                           \
    "\0\0\0\x03"                                                                                                       \
    "eXIfLat1234"
#define IEND "\0\0\0\0IEND1234"

static void a_png_keeps_what_is_seen(void **state)
{
    static const struct buf in = BYTES(PNG IHDR TEXT PHYS EXIF IEND "Lat"), wanted = BYTES(PNG IHDR PHYS IEND);
    _cleanup_(buf_free) struct buf out = {0};
    struct fault f = {0};
    assert_int_equal(photograph_png(&in, &out, &f), 0);
    assert_int_equal(out.len, wanted.len);
    assert_memory_equal(out.data, wanted.data, wanted.len);
}

/* Cut off anywhere it is refused, and nothing behind its end is read. */
static void what_is_cut_off_is_refused(void **state)
{
    static const struct {
        struct buf whole;
        int (*take)(const struct buf *in, struct buf *out, struct fault *f);
    } rows[] = {
        {BYTES("\xFF\xD8" JFIF TURNED_BY_CAMERA ICC TABLE SCAN END), photograph_jpeg},
        {BYTES(PNG IHDR TEXT IEND), photograph_png},
    };
    for (size_t r = 0; r < COUNT(rows); r++)
        for (size_t len = 0; len < rows[r].whole.len; len++) {
            _cleanup_(buf_free) struct buf cut = {0}, out = {0};
            struct fault f = {0};
            buf_add(&cut, rows[r].whole.data, len);
            assert_int_equal(rows[r].take(&cut, &out, &f), -EBADMSG);
            assert_non_null(strstr(f.text, "save it anew"));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_jpeg_keeps_what_is_seen),
        cmocka_unit_test(a_png_keeps_what_is_seen),
        cmocka_unit_test(what_is_cut_off_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
