#include "tests/unit/check.h"

#include "collector/import/place.h"

static void knows_packs_and_their_neighbours(void **state)
{
    assert_string_equal(place_packs(), "BJ, ML, SN");
    assert_false(place_country("BJ")->neighbour);
    assert_ptr_equal(place_country("BEN"), place_country("BJ"));
    assert_true(place_country("TG")->neighbour);
    assert_string_equal(place_country("NGA")->iso, "NG");
    /* Of Mali and Senegal each is the other's neighbour, and has a pack. */
    assert_false(place_country("ML")->neighbour);
    assert_null(strstr(place_neighbours(), "ML"));
    assert_non_null(strstr(place_neighbours(), "BF"));
    assert_null(place_country("FR"));
    assert_null(place_country(""));
    assert_null(place_country("note"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(knows_packs_and_their_neighbours)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
