/* The clock of tests/bench/rollup: a day's results that are in the database are
 * rolled up; then a pass with nothing to do, and one after a late batch. */
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "collector/db/pg.h"
#include "collector/figure/rollup.h"
#include "common/file.h"
#include "tests/bench/clock.h"

#define PASSES 15

/* Of the postmaster and its children, those that ended among them. */
static double postgres_cpu_s(long postmaster)
{
    double ticks = 0;
    glob_t found;
    if (glob("/proc/[0-9]*/stat", 0, NULL, &found) != 0)
        return 0;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct buf text = {0};
        unsigned long user, system, dead_user, dead_system;
        long parent;
        const char *after = NULL;
        if (file_read(found.gl_pathv[i], 4096, &text, NULL) == 0)
            after = strrchr(text.data, ')');
        if (after && sscanf(after + 1, " %*c %ld %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %lu %lu", &parent, &user,
                            &system, &dead_user, &dead_system) == 5) {
            if (parent == postmaster)
                ticks += (double)(user + system);
            else if (strtol(text.data, NULL, 10) == postmaster)
                ticks += (double)(dead_user + dead_system);
        }
        buf_free(&text);
    }
    globfree(&found);
    return ticks / (double)sysconf(_SC_CLK_TCK);
}

static int say(const char *what, double took_s, double bound_s)
{
    bool held = took_s <= bound_s;
    printf("%-22s %9.1f ms; at most %.0f ms: %s\n", what, took_s * 1000, bound_s * 1000, held ? "held" : "NOT HELD");
    return held ? 0 : 1;
}

static double pass(struct pg *pg)
{
    struct fault f = {0};
    double began = now_s();
    if (rollup_run(pg, &f) < 0)
        die("rollup", &f);
    return now_s() - began;
}

static void do_sql(struct pg *pg, const char *sql, const char *param)
{
    struct fault f = {0};
    if (pg_query(pg, sql, param ? 1 : 0, &param, NULL, &f) < 0)
        die(sql, &f);
}

/* The slowest of some: what a quarter of an hour of one probe, a day late, costs. */
static double late(struct pg *pg, const char *day)
{
    double slowest = 0;
    for (int i = 0; i < PASSES; i++) {
        do_sql(pg,
               "INSERT INTO result SELECT r.* FROM result r WHERE r.probe_no = (SELECT max(probe_no) FROM probe) AND "
               "r.at >= $1::date AND r.at < $1::date + interval '15 minutes' LIMIT 19",
               day);
        do_sql(pg, "INSERT INTO rollup_dirty (day, probe_no) SELECT $1::date, max(probe_no) FROM probe", day);
        double took = pass(pg);
        slowest = took > slowest ? took : slowest;
    }
    return slowest;
}

static double idle(struct pg *pg)
{
    double slowest = 0;
    for (int i = 0; i < PASSES; i++) {
        double took = pass(pg);
        slowest = took > slowest ? took : slowest;
    }
    return slowest;
}

int main(int argc, char **argv)
{
    struct fault f = {0};
    struct pg *pg = NULL;
    struct rusage usage;
    if (argc < 4 || pg_open(argv[1], &pg, &f) < 0)
        die("usage: rollup CONNINFO POSTMASTER DAY", &f);
    long postmaster = strtol(argv[2], NULL, 10);
    double own = cpu_s(), postgres = postgres_cpu_s(postmaster);
    int wrong = say("the day", pass(pg), 60);
    own = cpu_s() - own;
    postgres = postgres_cpu_s(postmaster) - postgres;
    getrusage(RUSAGE_SELF, &usage);
    printf("its processor time     %9.2f s: %.2f collector, %.2f PostgreSQL\n", own + postgres, own, postgres);
    printf("memory at the peak     %9.1f MB\n", (double)usage.ru_maxrss / 1024);
    wrong += say("nothing to do", idle(pg), 0.05);
    double before = cpu_s() + postgres_cpu_s(postmaster);
    wrong += say("a late batch", late(pg, argv[3]), 0.1);
    printf("its processor time     %9.1f ms\n", (cpu_s() + postgres_cpu_s(postmaster) - before) * 1000 / PASSES);
    pg_close(pg);
    return wrong > 0;
}
