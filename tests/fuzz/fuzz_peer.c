/* The table of another chapter's edition: taken whole, with what each figure
 * must have, or refused with the place. */
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/indicator.h"
#include "collector/import/number.h"
#include "collector/import/peer.h"

static const char *text_of(const json_t *figure, const char *name)
{
    return json_string_value(json_object_get(figure, name));
}

static void check_figure(const json_t *figure)
{
    static const char *const numbers[] = {"value", "low", "high"};
    const char *floor = text_of(figure, "floor"), *simulated = text_of(figure, "simulated");
    double number;
    if (!indicator_find(text_of(figure, "indicator")) || !text_of(figure, "statistic") || !text_of(figure, "unit") ||
        json_integer_value(json_object_get(figure, "line")) < 2)
        abort();
    for (size_t n = 0; n < COUNT(numbers); n++)
        if (text_of(figure, numbers[n]) &&
            (number_read(text_of(figure, numbers[n]), &number) < 0 || !isfinite(number) || !text_of(figure, "value")))
            abort();
    if (text_of(figure, "value") && floor && strcmp(floor, "met") != 0 && strcmp(simulated, "true") != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct peer peer = {.package = {.country = "SN", .year = "2025", .table_name = alloc_text("t.csv")}};
    struct fault f = {0};
    const json_t *figure;
    size_t n;
    buf_add(&peer.package.table, bytes, len);
    int rc = peer_read(&peer, &f);
    if (rc < 0 && strncmp(f.text, "t.csv: ", strlen("t.csv: ")) != 0)
        abort();
    if (rc == 0 && json_array_size(peer.figures) == 0)
        abort();
    json_array_foreach(peer.figures, n, figure) check_figure(figure);
    peer_free(&peer);
    return 0;
}
