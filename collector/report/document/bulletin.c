/* A month's or a quarter's bulletin: two pages, the lines that its numbers stand on, and where that is asked for the
 * same as a mail for a newsletter. Nothing is sent. */
#include "collector/report/document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/format/mail.h"
#include "collector/format/plain.h"
#include "collector/report/bulletin/bulletin.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/lang.h"

#define COLUMNS 72 /* of a mail's text */
#define DAY_US  INT64_C(86400000000)
/* A group without members (RFC 6854): who sends it puts an address in its place. */
#define FROM "\"%s\":;"

/* ---- what is asked for ---- */

static int read_wanted(struct report_order *order, int months, struct fault *f)
{
    struct period p;
    int rc = period_read(order->wanted, months, &p, f);
    if (rc < 0)
        return rc;
    if (period_first(p) > clock_wall_us(&clock_system) / DAY_US)
        return fault_set(f, -EINVAL, _("%s has not begun yet"), order->wanted);
    snprintf(order->year_text, sizeof order->year_text, "%d", p.year);
    order->year = order->year_text;
    return 0;
}

static int read_month(struct report_order *order, struct fault *f)
{
    return read_wanted(order, 1, f);
}

static int read_quarter(struct report_order *order, struct fault *f)
{
    return read_wanted(order, 3, f);
}

/* ---- what it says ---- */

static int read_all(struct bulletin *b, struct fault *f)
{
    static int (*const parts[])(struct bulletin * b, struct fault * f) = {
        bulletin_choose, bulletin_figures, bulletin_days, bulletin_operators, bulletin_around, bulletin_unknown};
    int rc = 0;
    for (size_t p = 0; rc == 0 && p < COUNT(parts); p++)
        rc = parts[p](b, f);
    return rc;
}

static void set_heads(struct bulletin *b)
{
    const struct words *w = &b->r->words;
    _cleanup_text_ char *name = period_name(b->period, w), *before = period_name(period_before(b->period), w),
                        *year = period_name(period_year_before(b->period), w);
    json_t *months = json_array();
    for (int m = 0; m < b->period.months && b->period.months > 1; m++) {
        _cleanup_text_ char *month = period_name(period_month(b->period, m), w);
        json_array_append_new(months, json_string(month));
    }
    json_object_update_new(b->out, json_pack("{s:s, s:s, s:s, s:s, s:o, s:b}", "kind",
                                             phrase(w, b->period.months == 1 ? "month_kind" : "quarter_kind"), "period",
                                             name, "before_name", before, "year_name", year, "month_heads", months,
                                             "quarterly", b->period.months > 1));
    phrase_set(b->out, "title", phrase(w, "title"), json_pack("{s:s, s:s}", "in", b->r->in, "period", name));
    phrase_set(b->out, "cite", phrase(w, "cite"), json_pack("{s:s, s:s}", "in", b->r->in, "period", name));
    phrase_set(b->out, "archive", phrase(w, "archive"), json_pack("{s:s}", "site", phrase(w, "site")));
    phrase_set(b->out, "archive_mail", phrase(w, "archive_mail"), json_pack("{s:s}", "site", phrase(w, "site")));
    json_object_set_new(b->out, "simulated", json_boolean(b->source && !strcmp(b->source, "simulated")));
    json_object_set_new(b->out, "measured", json_boolean(b->count > 0));
}

/* Nothing at all is no bulletin. */
static int refuse_nothing(const struct bulletin *b, struct fault *f)
{
    if (b->count > 0 || json_array_size(json_object_get(b->out, "events")) > 0 ||
        json_array_size(json_object_get(b->out, "published")) > 0)
        return 0;
    const char *first = json_string_value(json_object_get(b->out, "first_day")),
               *last = json_string_value(json_object_get(b->out, "last_day"));
    if (!first)
        return fault_set(f, -ENODATA, _("nothing of %s in %s is published, and no day at all yet"), b->r->country,
                         b->r->order->wanted);
    return fault_set(f, -ENODATA, _("nothing of %s in %s is published; days are, from %s to %s"), b->r->country,
                     b->r->order->wanted, first, last);
}

/* ---- its files ---- */

static int write_html(const struct bulletin *b, const struct outlet *to, struct fault *f)
{
    _cleanup_(buf_free) struct buf html = {0}, csv = {0};
    int rc = document_render(b->r, b->out, &html, f);
    if (rc == 0)
        rc = to->keep(to->of, "bulletin.html", &html, f);
    digest_csv(&b->digest, &csv);
    return rc < 0 ? rc : to->keep(to->of, "bulletin.csv", &csv, f);
}

/* The day after the last one that it tells of: the same data have the same date. */
static int64_t date_of(const struct bulletin *b)
{
    int32_t last = period_first(b->period) - 1;
    for (size_t n = 0; n < b->count; n++) {
        const struct daily *d = &b->figures[n].now;
        if (d->points[d->count - 1].day > last)
            last = d->points[d->count - 1].day;
    }
    return (last + 1) * DAY_US;
}

/* Without bytes they are those of an earlier bulletin in the folder, which are taken away. */
static int keep_mail(const struct outlet *to, const struct buf *html, const struct buf *text, const struct buf *mail,
                     struct fault *f)
{
    int rc = to->keep(to->of, "bulletin-mail.html", html, f);
    if (rc == 0)
        rc = to->keep(to->of, "bulletin.txt", text, f);
    return rc < 0 ? rc : to->keep(to->of, "bulletin.eml", mail, f);
}

static int write_mail(const struct bulletin *b, const struct outlet *to, struct fault *f)
{
    _cleanup_(buf_free) struct buf html = {0}, marked = {0}, text = {0}, csv = {0}, mail = {0};
    const char *title = json_string_value(json_object_get(b->out, "title"));
    _cleanup_text_ char *from = alloc_format(FROM, phrase(&b->r->words, "site")),
                        *subject = json_is_true(json_object_get(b->out, "simulated"))
                                       ? alloc_format("[%s] %s", phrase(&b->r->words, "simulated_mark"), title)
                                       : alloc_text(title);
    int rc = document_fill(b->r, "document/bulletin_mail.html", b->out, &html, f);
    if (rc == 0)
        rc = document_fill(b->r, "document/bulletin.txt", b->out, &marked, f);
    if (rc < 0)
        return rc;
    plain_set(marked.data, marked.len, COLUMNS, &text);
    digest_csv(&b->digest, &csv);
    mail_write(&(struct mail){.subject = subject,
                              .from = from,
                              .at_us = date_of(b),
                              .language = b->r->order->language->code,
                              .text = text,
                              .html = html,
                              .csv = csv,
                              .csv_name = "bulletin.csv"},
               &mail);
    return keep_mail(to, &html, &text, &mail, f);
}

static int write_bulletin(struct report *r, const struct outlet *to, struct fault *f)
{
    const bool month = r->order->document == &document_month;
    struct bulletin b = {.r = r, .out = document_values(r, json_array())};
    int rc = period_read(r->order->wanted, month ? 1 : 3, &b.period, f);
    if (rc == 0)
        rc = read_all(&b, f);
    if (rc == 0)
        rc = refuse_nothing(&b, f);
    if (rc == 0)
        set_heads(&b);
    if (rc == 0)
        rc = write_html(&b, to, f);
    if (rc == 0)
        rc = r->order->mail ? write_mail(&b, to, f)
                            : keep_mail(to, &(struct buf){0}, &(struct buf){0}, &(struct buf){0}, f);
    for (size_t n = 0; n < b.count; n++) {
        daily_free(&b.figures[n].now);
        daily_free(&b.figures[n].before);
        daily_free(&b.figures[n].year);
    }
    digest_free(&b.digest);
    free(b.source);
    json_decref(b.out);
    return rc;
}

const struct document document_month = {
    .name = "bulletin", .option = "month", .read = read_month, .write = write_bulletin};
const struct document document_quarter = {
    .name = "bulletin", .option = "quarter", .read = read_quarter, .write = write_bulletin};
