#include "tests/unit/check.h"

#include <errno.h>

#include "collector/report/beside.h"

static void takes_lists_of_years_and_countries(void **state)
{
    static const struct {
        int (*read)(const char *text, struct fault *f);
        const char *text;
        bool good;
    } rows[] = {
        {beside_years, "2024,2025", true},
        {beside_years, "2020,2022,2025", true},
        {beside_years, "2018,2019,2020,2021,2022,2023,2024,2025", true},
        {beside_years, "2017,2018,2019,2020,2021,2022,2023,2024,2025", false},
        {beside_years, "2025", false},
        {beside_years, "", false},
        {beside_years, "2025,2024", false},
        {beside_years, "2024,2024", false},
        {beside_years, "2024,2025,", false},
        {beside_years, ",2024,2025", false},
        {beside_years, "2024, 2025", false},
        {beside_years, "0024,2025", false},
        {beside_years, "1899,2025", false},
        {beside_years, "2024,2101", false},
        {beside_years, "1900,2100", true},
        {beside_years, "2024,20255", false},
        {beside_years, "2024;2025", false},
        {beside_countries, "BJ,SN", true},
        {beside_countries, "SN,BJ,ML", true},
        {beside_countries, "BJ", false},
        {beside_countries, "BJ,BJ", false},
        {beside_countries, "BJ,TG", false}, /* a neighbour without a pack */
        {beside_countries, "bj,sn", false},
        {beside_countries, "BJ,SN,", false},
        {beside_countries, "BJN,SN", false},
        {beside_countries, "", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fault f = {0};
        const int rc = rows[i].read(rows[i].text, &f);
        if (rc != (rows[i].good ? 0 : -EINVAL) || (rc < 0 && !strstr(f.text, "is no list of")))
            fail_msg("%s: %d %s", rows[i].text, rc, f.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(takes_lists_of_years_and_countries)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
