#include "tests/unit/check.h"

#include <errno.h>
#include <unistd.h>

#include "collector/report/pdf.h"

/* In the place of WeasyPrint, a script that does as its text says. */
static char *program_that(const char *folder, const char *does)
{
    shell("mkdir -p %s/bin && printf '#!/bin/sh\\n%s\\n' >%s/bin/weasyprint && chmod 755 %s/bin/weasyprint", folder,
          does, folder, folder);
    _cleanup_text_ char *search = alloc_format("/nonexistent::relative:%s/bin", folder);
    return pdf_program(search);
}

static void is_found_on_the_search_path(void **state)
{
    char *folder = scratch_dir();
    _cleanup_text_ char *program = program_that(folder, "true"), *wanted = alloc_format("%s/bin/weasyprint", folder);
    assert_string_equal(program, wanted);
    shell("chmod 644 %s/bin/weasyprint", folder);
    if (geteuid() != 0)
        assert_null(pdf_program(folder));
    assert_null(pdf_program(NULL));
    assert_null(pdf_program(""));
    assert_null(pdf_program("/nonexistent"));
    shell("rm -r %s", folder);
}

static void gives_what_the_program_made(void **state)
{
    char *folder = scratch_dir();
    _cleanup_text_ char *program = program_that(folder, "(echo %%PDF $2; cat \"$3\") >\"$4\"");
    struct buf html = {0}, pdf = {0};
    struct fault f = {0};
    buf_add_text(&html, "<p>été</p>");
    if (pdf_make(program, folder, &html, &pdf, &f) < 0)
        fail_msg("%s", f.text);
    assert_string_equal(pdf.data, "%PDF --pdf-variant=pdf/ua-1\n<p>été</p>");
    shell("test \"$(ls %s)\" = bin", folder);
    buf_free(&html);
    buf_free(&pdf);
    shell("rm -r %s", folder);
}

static void says_why_there_is_none(void **state)
{
    static const char *const fail[] = {"echo no font >&2; exit 1", "true"};
    for (size_t i = 0; i < COUNT(fail); i++) {
        char *folder = scratch_dir();
        _cleanup_text_ char *program = program_that(folder, fail[i]);
        struct buf html = {0}, pdf = {0};
        struct fault f = {0};
        buf_add_text(&html, "x");
        assert_true(pdf_make(program, folder, &html, &pdf, &f) < 0);
        assert_non_null(strstr(f.text, "no PDF was made: "));
        if (i == 0)
            assert_non_null(strstr(f.text, "no font"));
        shell("test \"$(ls %s)\" = bin", folder);
        buf_free(&html);
        buf_free(&pdf);
        shell("rm -r %s", folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_found_on_the_search_path),
        cmocka_unit_test(gives_what_the_program_made),
        cmocka_unit_test(says_why_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
