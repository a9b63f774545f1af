#include "tests/unit/check.h"

#include "collector/figure/block.h"
#include "collector/disclosure/crowd.h"
#include "common/alloc.h"

#define LINES_MAX 64
#define WHOLE     0xfu
#define MASK(f)   BLOCK_ALIKE(f)

/* A line a word of four letters: department, operator, technology, zone; '.' is not known. A digit behind is its
 * network. */
static size_t read_lines(const char *text, struct block_line *ret)
{
    size_t count = 0;
    for (const char *at = text; *at; at += *at == ' ', count++) {
        struct block_line *l = &ret[count];
        *l = (struct block_line){.probe = (uint32_t)count + 1, .network = (uint32_t)count + 1};
        for (int f = 0; f < BLOCK_FIELDS; f++, at++)
            l->fields[f] = *at == '.' ? 0 : (uint32_t)*at;
        if (*at && *at != ' ')
            l->network = 100 + (uint32_t)(*at++ - '0');
    }
    return count;
}

static void lines_that_are_alike_are_told_together(void **state)
{
    static const struct {
        const char *lines;
        const char *blocks; /* a letter a line, in the order given; '-': in none */
        unsigned alike[3];
    } rows[] = {
        {"", "", {0}},
        {"LMfu LMfu LMfu LMfu", "----", {0}},
        {"LMfu LMfu LMfu LMfu LMfu", "aaaaa", {WHOLE}},
        /* five lines of four networks; and one whose network nobody saw */
        {"LMfu1 LMfu1 LMfu2 LMfu3 LMfu4", "-----", {0}},
        {"LMfu0 LMfu0 LMfu2 LMfu3 LMfu4 LMfu5", "aaaaaa", {WHOLE}},
        /* not known is a place as well */
        {"L.fu L.fu L.fu L.fu L.fu", "aaaaa", {WHOLE}},
        {"LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu", "aaaaaaaaaa", {WHOLE}},
        {"LMfu LMfu LMfu LMfu LMfu BCgr BCgr BCgr BCgr BCgr", "bbbbbaaaaa", {WHOLE, WHOLE}},
        /* of an operator and a department, of an operator, of a department, of a technology, of nothing */
        {"LMfu LMgu LMfr LMgr LMfu", "aaaaa", {MASK(DEPARTMENT) | MASK(OPERATOR)}},
        {"LMfu BMgu LMfr BMgr AMfu", "aaaaa", {MASK(OPERATOR)}},
        {"LMfu LCgu LMfr LCgr LDfu", "aaaaa", {MASK(DEPARTMENT)}},
        {"LMfu BCfu LMfr BCfr ADfu", "aaaaa", {MASK(TECHNOLOGY)}},
        {"LMfu BCgu LMgr BCfr ADfu", "aaaaa", {0}},
        /* three that are left over join the block that is most like them, which then speaks of less */
        {"LMfu LMfu LMfu LMfu LMfu BCgr BCgr BCgr BCgr BCgr LCfu LCfu LCfu",
         "bbbbbaaaaabbb",
         {WHOLE, MASK(DEPARTMENT) | MASK(TECHNOLOGY) | MASK(ZONE)}},
        /* or the smaller of two that are like them alike */
        {"LMfu LMfu LMfu LMfu LMfu LMfu BMfu BMfu BMfu BMfu BMfu AMfu",
         "bbbbbbaaaaaa",
         {MASK(OPERATOR) | MASK(TECHNOLOGY) | MASK(ZONE), WHOLE}},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct block_line lines[LINES_MAX];
        char got[LINES_MAX + 1] = "";
        size_t count = read_lines(rows[r].lines, lines), made;
        unsigned *alike = NULL;
        made = block_part(lines, count, &alike);
        for (size_t i = 0; i < count; i++)
            got[lines[i].probe - 1] = lines[i].block == BLOCK_NONE ? '-' : (char)('a' + lines[i].block);
        assert_string_equal(got, rows[r].blocks);
        for (size_t b = 0; b < made; b++)
            assert_int_equal(alike[b], rows[r].alike[b]);
        free(alike);
    }
}

static void nobody_vouches_for_most_of_a_block(void **state)
{
    static const struct {
        const char *lines, *vouchers; /* a digit a line; 0: nobody */
        double weights[2];            /* of voucher 0, of voucher 1 */
    } rows[] = {
        {"LMfu LMfu LMfu LMfu LMfu", "00000", {1, 0}},
        /* whose all of them are; and where no other may come to weigh more than a fifth */
        {"LMfu LMfu LMfu LMfu LMfu", "11111", {0, 1}},
        {"LMfu LMfu LMfu LMfu LMfu", "11110", {1, 1}},
        {"LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu", "111111110", {1, 0.5}},
        {"LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu", "111111000", {1, 0.5}},
        {"LMfu LMfu LMfu LMfu LMfu LMfu", "111000", {1, 1}},
        /* a block of their own, which weighs no more than the others' */
        {"LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu BCgr BCgr BCgr BCgr BCgr", "111111111100000", {1, 0.5}},
        /* cut to three fifths beside all others, and in their block once more */
        {"LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu LMfu BCgr BCgr BCgr BCgr BCgr",
         "1111111111000000",
         {1, 0.4}},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct block_line lines[LINES_MAX];
        size_t count = read_lines(rows[r].lines, lines);
        unsigned *alike = NULL;
        for (size_t i = 0; i < count; i++)
            lines[i].voucher = (uint32_t)(rows[r].vouchers[i] - '0');
        assert_true(block_part(lines, count, &alike) > 0);
        for (size_t i = 0; i < count; i++)
            assert_float_equal(lines[i].weight, rows[r].weights[lines[i].voucher], 1e-5);
        free(alike);
    }
}

/* ---- whatever is told ---- */

struct told {
    uint64_t lines; /* a bit each */
    uint32_t fields[BLOCK_FIELDS];
    unsigned alike;
};

static bool few(uint64_t lines, const struct block_line *all)
{
    struct crowd crowd = {0};
    for (uint32_t i = 0; i < LINES_MAX; i++)
        if (lines >> i & 1)
            crowd_add(&crowd, all[i].probe, all[i].network, 1);
    return crowd.probe_count > 0 && (crowd.probe_count < FLOOR_PROBES || crowd.network_count < FLOOR_NETWORKS);
}

/* What every grouping tells of, with what it told before: a set of lines each. */
static size_t tell(const struct told *blocks, size_t count, uint64_t *sums, size_t sum_count)
{
    for (unsigned mask = 0; mask <= WHOLE; mask++)
        for (size_t b = 0; b < count; b++) {
            uint64_t sum = 0;
            for (size_t o = 0; o < count; o++) {
                bool same = (blocks[o].alike & mask) == mask && (blocks[b].alike & mask) == mask;
                for (int f = 0; f < BLOCK_FIELDS; f++)
                    same &= !(mask >> f & 1) || blocks[o].fields[f] == blocks[b].fields[f];
                sum |= same ? blocks[o].lines : 0;
            }
            bool known = sum == 0;
            for (size_t s = 0; s < sum_count; s++)
                known |= sums[s] == sum;
            if (!known)
                sums[sum_count++] = sum;
        }
    return sum_count;
}

/* All differences and all that two have in common, also with what is told of siblings together. */
static void no_two_tell_of_few(const uint64_t *sums, size_t count, const struct block_line *all)
{
    for (size_t a = 0; a < count; a++)
        for (size_t b = 0; b < count; b++) {
            assert_false(few(sums[a] & ~sums[b], all));
            assert_false(few(sums[a] & sums[b], all));
            for (size_t c = 0; c < count; c += 7)
                assert_false(few(sums[a] & ~(sums[b] | sums[c]), all));
        }
}

static void nothing_told_is_less_than_a_block(void **state)
{
    static uint64_t sums[4096];
    for (unsigned seed = 1; seed <= 8; seed++) {
        struct block_line all[LINES_MAX];
        struct told blocks[LINES_MAX];
        size_t block_count = 0, sum_count = 0;
        uint64_t in = 0;
        srand(seed);
        for (uint32_t i = 0; i < LINES_MAX; i++) {
            all[i] = (struct block_line){.probe = i + 1, .network = (uint32_t)rand() % 40};
            for (int f = 0; f < BLOCK_FIELDS; f++)
                all[i].fields[f] = (uint32_t)(rand() % 4 * (rand() % 2));
        }
        for (uint32_t come = 0; come < LINES_MAX; come += 1 + (uint32_t)rand() % 20) {
            struct block_line lines[LINES_MAX];
            unsigned *alike = NULL;
            size_t count = 0, made;
            for (uint32_t i = 0; i < come; i++)
                if (!(in >> i & 1))
                    lines[count++] = all[i];
            made = block_part(lines, count, &alike);
            for (size_t b = 0; b < made; b++)
                blocks[block_count + b] = (struct told){.alike = alike[b]};
            for (size_t i = 0; made > 0 && i < count; i++) {
                struct told *t = &blocks[block_count + lines[i].block];
                assert_false(in >> (lines[i].probe - 1) & 1);
                in |= UINT64_C(1) << (lines[i].probe - 1);
                t->lines |= UINT64_C(1) << (lines[i].probe - 1);
                memcpy(t->fields, lines[i].fields, sizeof t->fields);
            }
            block_count += made;
            free(alike);
            sum_count = tell(blocks, block_count, sums, sum_count);
        }
        assert_true(sum_count > 3);
        no_two_tell_of_few(sums, sum_count, all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_that_are_alike_are_told_together),
        cmocka_unit_test(nobody_vouches_for_most_of_a_block),
        cmocka_unit_test(nothing_told_is_less_than_a_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
