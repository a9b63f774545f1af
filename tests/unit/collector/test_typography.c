#include "tests/unit/check.h"

#include "collector/format/typography.h"
#include "common/alloc.h"

#define N "\u202F"
#define W "\u00A0"

static void check(enum lang lang, const char *markup, const char *wanted)
{
    struct buf once = {0}, twice = {0};
    buf_add_text(&once, "");
    buf_add_text(&twice, "");
    typography_set(lang, markup, strlen(markup), &once);
    assert_string_equal(once.data, wanted);
    typography_set(lang, once.data, once.len, &twice);
    assert_string_equal(twice.data, wanted);
    buf_free(&once);
    buf_free(&twice);
}

static void french_is_set(void **state)
{
    static const struct {
        const char *markup, *wanted;
    } rows[] = {
        {"", ""},
        {"Quoi ? Oui ! Non ; si : là.", "Quoi" N "? Oui" N "! Non" N "; si" W ": là."},
        {"Quoi? Oui! Non; si: là", "Quoi" N "? Oui" N "! Non" N "; si" W ": là"},
        {"Quoi ?! Vraiment… ?", "Quoi" N "?! Vraiment…" N "?"},
        {"Quoi\n? été\u00A0; été&nbsp;!", "Quoi" N "? été" N "; été" N "!"},
        {"« Oui » et «non»; «\u202Fsi\u202F»", "«" W "Oui" W "» et «" W "non" W "»" N "; «" W "si" W "»"},
        {"7,5 % de 12 345 lignes, 1 234 567,5 en 2025 100 fois",
         "7,5" W "% de 12" N "345 lignes, 1" N "234" N "567,5 en 2025 100 fois"},
        {"le 1er mai, la 1re, du 10e au 90e centile ; v1er, 1erx",
         "le 1<sup>er</sup> mai, la 1<sup>re</sup>, du 10<sup>e</sup> au 90<sup>e</sup> centile" N "; v1er, 1erx"},
        {"à 10:30, a;b, (?) :-) R&amp;D n&lt;5 &quot;x&quot; ;",
         "à 10:30, a;b, (?) :-) R&amp;D n&lt;5 &quot;x&quot;" N ";"},
        /* Not prose. */
        {"<p>https://x.org/a?b;c: fin ! ou x@y.org; www.z.bj/?q ?</p>",
         "<p>https://x.org/a?b;c: fin" N "! ou x@y.org; www.z.bj/?q" N "?</p>"},
        {"<a title=\"Quoi ? > «x»\" href='a : b'>Où ?</a>", "<a title=\"Quoi ? > «x»\" href='a : b'>Où" N "?</a>"},
        {"<code>a ? b : c</code> ; <pre>1er ; <b>x</b> ?</pre><style>a{b : c}</style>",
         "<code>a ? b : c</code>" N "; <pre>1er ; <b>x</b> ?</pre><style>a{b : c}</style>"},
        {"<!-- a ? --><p>b ?", "<!-- a ? --><p>b" N "?"},
        {"<code>never ? closed", "<code>never ? closed"},
        {"<a href=\"never ? closed", "<a href=\"never ? closed"},
        /* Across what stands within a sentence, and not beyond it. */
        {"<data value=\"1234\">1 234</data> % ; <em>Vrai</em>? «<b>x</b>»",
         "<data value=\"1234\">1 234</data>" W "%" N "; <em>Vrai</em>" N "? «" W "<b>x</b>" W "»"},
        {"<td>x</td><td>?</td><td> ?</td>", "<td>x</td><td>?</td><td> ?</td>"},
        /* No element within a drawing, or the page's title. */
        {"<title>Le 1er ?</title><svg><title>1er</title><text>1er !</text></svg>1er",
         "<title>Le 1er" N "?</title><svg><title>1er</title><text>1er" N "!</text></svg>1<sup>er</sup>"},
    };
    for (size_t r = 0; r < COUNT(rows); r++)
        check(LANG_FR, rows[r].markup, rows[r].wanted);
}

static void english_has_no_blanks_there(void **state)
{
    check(LANG_EN, "Really ? Yes\u202F! No ; so : 12,345 at 1 : 50, 7.5 % on the 1er, «x»",
          "Really? Yes! No; so: 12,345 at 1 : 50, 7.5 % on the 1er, «x»");
    check(LANG_EN, "<code>a ? b</code> ? <b>x</b> ; y", "<code>a ? b</code>? <b>x</b>; y");
}

/* A text that was made to keep it busy: a word, a row of marks, a row of blanks without end. */
static void no_text_takes_long(void **state)
{
    static const char *const pieces[] = {"(", "!", " ", "&", "<", "<code>", "1 ", "a:", "\xC2", "« "};
    for (size_t p = 0; p < COUNT(pieces); p++) {
        struct buf text = {0}, out = {0};
        for (size_t i = 0; i < 200000; i++)
            buf_add_text(&text, pieces[p]);
        buf_add_text(&text, "x");
        typography_set(LANG_FR, text.data, text.len, &out);
        assert_true(out.len > 0 && out.len <= 4 * text.len);
        buf_free(&text);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(french_is_set),
        cmocka_unit_test(english_has_no_blanks_there),
        cmocka_unit_test(no_text_takes_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
