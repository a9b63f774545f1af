/* A table of prefixes and their origins: refused with the line, or rows that
 * COPY takes. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "collector/import/origin.h"

static void check_rows(const struct origin_list *list)
{
    const struct copy_rows *rows = &list->rows;
    const uint32_t *at = (const uint32_t *)(const void *)rows->offsets.data;
    if (list->prefixes == 0 || rows->count < list->prefixes || rows->offsets.len != rows->count * sizeof *at ||
        !(list->has4 || list->has6))
        abort();
    for (size_t i = 0; i < rows->count; i++) {
        size_t end = i + 1 < rows->count ? at[i + 1] : rows->bytes.len;
        const uint8_t *row = (const uint8_t *)rows->bytes.data + at[i];
        bool v6 = end > at[i] + 6 && row[6] == 3;
        /* Three fields; 2 and 3 are PostgreSQL's own names of the families. */
        if (end <= at[i] || row[1] != 3 || (!v6 && row[6] != 2) || row[7] > (v6 ? 128 : 32))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct origin_list list = {0};
    struct fault f = {0};
    int rc = origin_read((const char *)bytes, len, &list, &f);
    if (rc < 0 && !strstr(f.text, "line ") && list.rows.count > 0)
        abort();
    if (rc < 0 && !f.text[0])
        abort();
    if (rc == 0)
        check_rows(&list);
    origin_free(&list);
    return 0;
}
