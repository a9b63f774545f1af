/* Prints what the readers of results and batches understand, as text that can
 * stand beside its input: tests/golden/run compares.
 *
 *   read result < lines      one paragraph a line
 *   read batch < batch       one paragraph */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/batch.h"
#include "common/clock.h"
#include "common/result.h"

static void print_slice(const char *name, struct slice s)
{
    if (s.at)
        printf("  %s %.*s\n", name, (int)s.len, s.at);
}

static void print_result(const struct result_line *r)
{
    char at[TIME_TEXT_SIZE];
    printf("%.*s %s at %s, mono %" PRId64 " us, %s, %" PRId64 " bytes, af %d\n", (int)r->check.len, r->check.at,
           outcome_word(r->outcome), time_format(r->at_us, at), r->mono_us,
           r->sync ? "synchronised" : "not synchronised", r->bytes, r->af);
    print_slice("task", r->task);
    print_slice("target", r->target);
    print_slice("addr", r->addr);
    for (size_t i = 0; r->set && i < r->set->count; i++)
        if (r->present >> i & 1)
            printf("  %s %.7g\n", r->set->metrics[i].name, (double)r->metrics[i]);
    print_slice("detail", r->detail);
    if (!r->set)
        puts("  a check that is unknown here");
    else
        print_slice("a metric that is unknown here:", r->unknown);
}

static void result_lines(const char *text, size_t len)
{
    for (const char *end; len > 0; len -= (size_t)(end - text) + 1, text = end + 1) {
        struct result_line r;
        struct fault f;
        end = memchr(text, '\n', len);
        if (!end)
            break;
        if (result_line_read(text, (size_t)(end - text), &r, &f) < 0)
            printf("refused: %s\n", f.text);
        else
            print_result(&r);
    }
}

static void batch(const char *text, size_t len)
{
    struct batch b = {0};
    struct fault f = {0};
    enum batch_fault fault = batch_read(text, len, &b, &f);
    if (fault != BATCH_FINE) {
        printf("refused, %s: %s\n", batch_fault_word(fault), f.text);
        return;
    }
    char hash[HASH_TEXT_SIZE], prev[HASH_TEXT_SIZE], sealed[TIME_TEXT_SIZE];
    const struct batch_header *h = &b.header;
    printf("batch %s\n  probe %s, chain %s, seq %" PRId64 ", prev %s\n  sealed %s, mono %" PRId64
           " us, boot %s, %s, agent %s\n",
           hash_text(b.envelope.hash, hash), h->probe, h->chain, h->seq,
           h->has_prev ? hash_text(h->prev, prev) : "none", time_format(h->sealed_at_us, sealed), h->mono_us, h->boot,
           h->sync ? "synchronised" : "not synchronised", h->agent);
    printf("  %zu bytes packed, %zu unpacked\n", h->packed, h->length);
    if (batch_unpack(&b, &f) != BATCH_FINE) {
        printf("  a problem, %s: %s\n", batch_fault_word(BATCH_BODY), f.text);
        batch_free(&b);
        return;
    }
    const char *line;
    size_t cursor = 0, line_len;
    while (batch_next(&b, &cursor, &line, &line_len))
        printf("  %.*s\n", (int)line_len, line);
    printf("  %" PRId64 " results\n", b.header.count);
    batch_free(&b);
}

int main(int argc, char *argv[])
{
    struct buf text = {0};
    char piece[65536];
    for (ssize_t n; (n = read(STDIN_FILENO, piece, sizeof piece)) > 0;)
        buf_add(&text, piece, (size_t)n);
    buf_add(&text, "", 0);
    const char *bytes = text.data ? text.data : "";
    if (argc == 2 && strcmp(argv[1], "result") == 0)
        result_lines(bytes, text.len);
    else if (argc == 2 && strcmp(argv[1], "batch") == 0)
        batch(bytes, text.len);
    else
        return 2;
    buf_free(&text);
    return 0;
}
