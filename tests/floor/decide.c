/* Decides which cells are shown, of a country given on standard input:
 *
 *   cell RANK LARGER     LARGER: the number of the cell that holds it, - for none
 *   past CELL            the figure that the cell follows, - for none
 *   unit PROBE NETWORK DAYS CELL…
 *   gives PROBE AMOUNT CELL…               what its days in them give to sums
 *   told PROBE NETWORK DAYS CELL:WEIGHT…   told before, whatever it lies in; in parts of FLOOR_WEIGHT_ONE
 *   measured PROBE NETWORK DAY PART…  of a country of which parts, cut by cut, and days are shown (calendar.h)
 *   day DAY                           one that is, in their order
 *
 * and prints a word a cell: shown, small, difference, dominated; of days one for all: shown, difference. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/calendar.h"
#include "collector/disclosure/floor.h"
#include "common/alloc.h"

#define CELLS_MAX 1000

static size_t cell(struct floor *f, char **save)
{
    unsigned rank = (unsigned)atoi(strtok_r(NULL, " \n", save));
    const char *larger = strtok_r(NULL, " \n", save);
    return floor_cell(f, rank, strcmp(larger, "-") ? (size_t)atoi(larger) : FLOOR_NONE);
}

static size_t past(struct floor *f, char **save)
{
    const char *cell = strtok_r(NULL, " \n", save);
    size_t number = floor_past(f);
    if (strcmp(cell, "-") != 0)
        floor_follow(f, (size_t)atoi(cell), number);
    return number;
}

static void unit(struct floor *f, bool told, char **save)
{
    uint32_t numbers[3];
    uint32_t weights[CELLS_MAX];
    size_t cells[CELLS_MAX], count = 0;
    for (int i = 0; i < 3; i++)
        numbers[i] = (uint32_t)atoi(strtok_r(NULL, " \n", save));
    for (char *word; count < CELLS_MAX && (word = strtok_r(NULL, " \n", save)) != NULL; count++) {
        cells[count] = strtoul(word, &word, 10);
        weights[count] = *word == ':' ? (uint32_t)atoi(word + 1) : FLOOR_WEIGHT_ONE;
    }
    if (told)
        floor_add_told(f, numbers[0], numbers[1], numbers[2], cells, weights, count);
    else
        floor_add(f, numbers[0], numbers[1], numbers[2], cells, count);
}

static void gives(struct floor *f, char **save)
{
    size_t cells[CELLS_MAX], count = 0;
    uint32_t probe = (uint32_t)atoi(strtok_r(NULL, " \n", save));
    double amount = strtod(strtok_r(NULL, " \n", save), NULL);
    for (const char *word; count < CELLS_MAX && (word = strtok_r(NULL, " \n", save)) != NULL; count++)
        cells[count] = strtoul(word, NULL, 10);
    floor_give(f, probe, amount, DOMINANCE_WHOLE, cells, count);
}

static uint32_t number(char **save)
{
    return (uint32_t)atoi(strtok_r(NULL, " \n", save));
}

static void measured(struct calendar *c, char **save)
{
    uint32_t probe = number(save), network = number(save), day = number(save), parts[CALENDAR_CUTS] = {0};
    const char *word;
    for (size_t k = 0; k < CALENDAR_CUTS && (word = strtok_r(NULL, " \n", save)) != NULL; k++)
        parts[k] = (uint32_t)atoi(word);
    calendar_add(c, (int32_t)day, probe, network, parts);
}

int main(void)
{
    static const char *const words[] = {"shown", "small", "difference", "dominated", "unknown", "heavy"};
    _cleanup_(floor_freep) struct floor *f = floor_new();
    _cleanup_(calendar_freep) struct calendar *calendar = calendar_new();
    int32_t days[CELLS_MAX];
    size_t cells = 0, shown = 0;
    char line[16 * CELLS_MAX];
    while (fgets(line, sizeof line, stdin)) {
        char *save;
        const char *what = strtok_r(line, " \n", &save);
        if (!strcmp(what, "cell"))
            cells = cell(f, &save) + 1;
        else if (!strcmp(what, "past"))
            cells = past(f, &save) + 1;
        else if (!strcmp(what, "gives"))
            gives(f, &save);
        else if (!strcmp(what, "measured"))
            measured(calendar, &save);
        else if (!strcmp(what, "day") && shown < CELLS_MAX)
            days[shown++] = (int32_t)number(&save);
        else
            unit(f, !strcmp(what, "told"), &save);
    }
    floor_decide(f);
    for (size_t c = 0; c < cells; c++)
        printf("%s\n", words[floor_verdict(f, c)]);
    if (shown > 0)
        printf("%s\n", calendar_tells(calendar, days, shown) ? "difference" : "shown");
    return 0;
}
