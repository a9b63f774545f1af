#include "collector/command/follow.h"

#include <errno.h>
#include <stdio.h>

#include "common/lang.h"

void follow_say_batch(const struct follow_batch *b, struct buf *out)
{
    const char *seq = b->seq ? b->seq : "-", *chain = b->chain ? b->chain : "-", *probe = b->probe ? b->probe : "-";
    if (b->received)
        buf_addf(out, _("batch %s of the chain %s of probe %s, received %s UTC: %s\n"), seq, chain, probe, b->received,
                 b->wrong);
    else
        buf_addf(out, _("batch %s of the chain %s of probe %s: %s\n"), seq, chain, probe, b->wrong);
}

void follow_say_figure(const struct follow_figure *g, struct buf *out)
{
    const char *made = g->made ? g->made : _("none"), *published = g->published ? g->published : _("none");
    buf_addf(out, "%s %s %s %s%s%s: ", g->id, g->statistic, g->country, g->source, *g->cell ? " " : "", g->cell);
    if (g->as_of)
        buf_addf(out,
                 _("stands as it was told of the days to %s; with what came since, %s is %s, and was told as %s\n"),
                 g->as_of, g->column, made, published);
    else
        buf_addf(out, _("%s is %s as published, %s from the ledger\n"), g->column, published, made);
}

void follow_tell_batch(void *ctx, const struct follow_batch *b)
{
    _cleanup_(buf_free) struct buf line = {0};
    follow_say_batch(b, &line);
    printf("%s", line.data);
}

static void tell_figure(void *ctx, const struct follow_figure *g)
{
    _cleanup_(buf_free) struct buf line = {0};
    follow_say_figure(g, &line);
    printf("%s", line.data);
}

int follow_tell(const struct session *s, const char *year, const struct indicator *i, struct fault *f)
{
    static const struct follow_teller teller = {follow_tell_batch, tell_figure, NULL};
    struct follow_count count;
    int rc = follow_year(s->database, s->pg, year, i, &teller, &count, f);
    if (rc < 0)
        return rc;
    printf(_("batches of the ledger: %zu, of these not what was signed: %zu\n"), count.batches, count.unsound);
    if (count.forgotten)
        printf(_("probe-days of forgotten probes, of which no batch tells any more, taken as they stand: %zu\n"),
               count.forgotten);
    printf(_("published figures: %zu; equal: %zu, not checked: %zu, no longer following: %zu\n"), count.figures,
           count.figures - count.other - count.standing, count.standing, count.other);
    if (count.standing)
        printf(_("not checked: %zu (standing since %s): what was told of days until then stays, whatever came since\n"),
               count.standing, count.since);
    if (count.unzoned)
        printf(_("not checked besides: %zu by zone, of indicators of which none by zone is published or noted as told: "
                 "the "
                 "year was told before there were any, or they were taken away\n"),
               count.unzoned);
    if (count.absent)
        printf(_("not checked besides: %zu of indicators that are retired, or whose file serve did not read as this "
                 "command did\n"),
               count.absent);
    if (count.other == 0 && count.unsound == 0)
        return 0;
    return fault_set(f, -EBADMSG,
                     count.other ? _("figures of %s that are listed above do not follow from the ledger")
                                 : _("every figure of %s is as published, but batches listed above are not what was "
                                     "signed; take them from a backup, or load them again"),
                     year);
}
