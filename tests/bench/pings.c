/* pings COUNT INTERVAL-MS once|turns ADDRESS…: pings all addresses, at once or
 * one after the other, in one process as the agent does it. Prints the median
 * of each address's rtt_p50_ms, the largest, packets answered, and the
 * processor's time a packet. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sys/resource.h>

#include "agent/measure/measurement.h"
#include "agent/check/table.h"
#include "agent/io/host.h"
#include "agent/measure/rtt.h"

struct run {
    struct bench *bench;
    struct check_args args;
    struct measurement *measurement;
    double p50;
};

struct bench {
    struct host host;
    const struct check_ops *ops;
    struct run *runs;
    size_t count, next, done;
    bool turns;
    double rcvd;
};

static double metric(const struct result *r, const char *name)
{
    int position = metric_position(r->set, name, strlen(name));
    return position >= 0 && r->present >> position & 1 ? r->metrics[position] : NAN;
}

static void start_next(struct bench *b);

static void on_done(void *user, struct result *result)
{
    struct run *run = user;
    struct bench *b = run->bench;
    run->p50 = metric(result, "rtt_p50_ms");
    b->rcvd += metric(result, "rcvd");
    result_free(result);
    measurement_free(run->measurement);
    if (++b->done == b->count)
        uv_stop(&b->host.loop);
    else if (b->turns)
        start_next(b);
}

static void start_next(struct bench *b)
{
    struct run *run = &b->runs[b->next++];
    struct fault f;
    if (measurement_start(&b->host.env, &run->args, on_done, run, &run->measurement, &f) < 0) {
        fprintf(stderr, "%s\n", f.text);
        exit(1);
    }
}

static double cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const struct bench *b, double sent, double cpu)
{
    double *p50 = alloc_zero(b->count, sizeof *p50);
    for (size_t i = 0; i < b->count; i++)
        p50[i] = b->runs[i].p50;
    qsort(p50, b->count, sizeof *p50, compare);
    printf("{\"rtt_ms\":%.4f,\"rtt_max_ms\":%.4f,\"sent\":%.0f,\"rcvd\":%.0f,\"cpu_us\":%.1f}\n",
           rtt_percentile(p50, b->count, 0.5), p50[b->count - 1], sent, b->rcvd, cpu / sent);
    free(p50);
}

int main(int argc, char *argv[])
{
    struct bench b = {.ops = check_find("ping"), .count = argc > 4 ? (size_t)argc - 4 : 0};
    struct fault f;
    const struct policy anywhere = {.allow_private = true};
    if (b.count == 0 || host_open(&b.host, &clock_system, &f) < 0)
        return 1;
    b.turns = strcmp(argv[3], "turns") == 0;
    b.runs = alloc_zero(b.count, sizeof *b.runs);
    for (size_t i = 0; i < b.count; i++) {
        struct run *run = &b.runs[i];
        run->bench = &b;
        check_args_init(&run->args, b.ops, "bench", argv[4 + i], &anywhere);
        if (check_args_set(&run->args, "count", argv[1], &f) < 0 ||
            check_args_set(&run->args, "interval_ms", argv[2], &f) < 0)
            return 1;
    }
    double before = cpu_us();
    for (size_t i = 0; i < (b.turns ? 1 : b.count); i++)
        start_next(&b);
    uv_run(&b.host.loop, UV_RUN_DEFAULT);
    report(&b, (double)b.count * atof(argv[1]), cpu_us() - before);
    host_close(&b.host);
    for (size_t i = 0; i < b.count; i++)
        check_args_free(&b.runs[i].args);
    free(b.runs);
    return 0;
}
