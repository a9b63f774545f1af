#include <math.h>
#include <stdint.h>
#include <string.h>

#include "collector/format/chart_draw.h"
#include "common/alloc.h"

/* Advance widths of U+0020 to U+007E in thousandths of the letters' height, the
 * wider of DejaVu Sans and Liberation Sans (as wide as Arial and Helvetica): read
 * from their hmtx tables. What fits by these fits in every font that a chart names. */
static const uint16_t widths[] = {318,  401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
                                  636,  636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 556,
                                  1015, 684, 686, 722, 770, 667, 611, 778, 752, 295, 500, 667, 557, 863, 748, 787,
                                  667,  787, 722, 667, 611, 732, 684, 989, 685, 667, 685, 390, 337, 390, 838, 556,
                                  500,  613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
                                  635,  635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838};
#define OTHER 700  /* nearly every letter with an accent; Œ and … are a third wider */
#define THIN  330  /* the spaces that are not broken at, and the apostrophe */
#define BOLD  1.14 /* bold words of DejaVu Sans over regular ones */
#define DOTS  "…"

/* Bytes of the character that text begins with; UTF-8 as the program's texts are. */
static size_t letter(const char *text)
{
    size_t len = 1;
    while (((unsigned char)text[len] & 0xC0) == 0x80)
        len++;
    return len;
}

static bool is_thin(const char *text, size_t len)
{
    static const char *const thin[] = {"\u00A0", "\u202F", "\u2009", "’", "·"};
    for (size_t i = 0; i < COUNT(thin); i++)
        if (strlen(thin[i]) == len && !memcmp(text, thin[i], len))
            return true;
    return false;
}

static double letter_width(const char *text, size_t len)
{
    if (len == 1)
        return *text >= 32 && *text < 127 ? widths[*text - 32] : 0;
    return is_thin(text, len) ? THIN : OTHER;
}

static double width_of(const char *text, size_t bytes, double size, bool bold)
{
    double width = 0;
    for (size_t at = 0, len; at < bytes; at += len)
        width += letter_width(text + at, len = letter(text + at));
    return width / 1000 * size * (bold ? BOLD : 1);
}

double chart_text_width(const char *text, double size, bool bold)
{
    return width_of(text, strlen(text), size, bold);
}

char *chart_fit(const char *text, double size, bool bold, double width)
{
    size_t fits = 0;
    if (chart_text_width(text, size, bold) <= width)
        return alloc_text(text);
    double room = width - width_of(DOTS, strlen(DOTS), size * 1.5, bold);
    for (size_t at = 0; text[at]; fits = at) {
        at += letter(text + at);
        if (width_of(text, at, size, bold) > room)
            break;
    }
    while (fits > 0 && text[fits - 1] == ' ')
        fits--;
    return alloc_format("%.*s" DOTS, (int)fits, text);
}

/* Bytes of text up to the last blank at which a line of this width can end. */
static size_t line_end(const char *text, double size, bool bold, double width)
{
    size_t end = strcspn(text, " ");
    for (size_t next = end; text[next]; end = next) {
        next += 1 + strcspn(text + next + 1, " ");
        if (width_of(text, next, size, bold) > width)
            break;
    }
    return end;
}

size_t chart_wrap(const char *text, double size, bool bold, double width, size_t most, char **ret_lines)
{
    size_t count = 0;
    while (*text && count < most) {
        size_t end = line_end(text, size, bold, width);
        _cleanup_text_ char *line = alloc_text_n(text, count + 1 == most ? strlen(text) : end);
        ret_lines[count++] = chart_fit(line, size, bold, width);
        text += end;
        text += strspn(text, " ");
    }
    return count;
}

void chart_part(double *middles, const double *sizes, size_t count, double low, double high)
{
    double end = high;
    for (size_t i = count; i > 0; i--) {
        middles[i - 1] = fmin(middles[i - 1], end - sizes[i - 1] / 2);
        end = middles[i - 1] - sizes[i - 1] / 2;
    }
    for (size_t i = 0; i < count; i++) {
        middles[i] = fmax(middles[i], low + sizes[i] / 2);
        low = middles[i] + sizes[i] / 2;
    }
}
