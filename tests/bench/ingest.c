/* The load of tests/bench/ingest: probes that enrol, batches made before the
 * clock runs, connections that push them one after the other and read each
 * answer; then the same rows by COPY BINARY alone. */
#include <arpa/inet.h>
#include <glob.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "collector/db/copy.h"
#include "collector/ledger/dictionary.h"
#include "collector/ledger/project.h"
#include "common/batch.h"
#include "common/file.h"
#include "common/json.h"
#include "common/result.h"
#include "common/statement.h"
#include "tests/bench/clock.h"

#define PROBES  50
#define RESULTS 118 /* a batch: 15 minutes of a busy probe */

static struct sign_key keys[PROBES];
static struct buf *batches;
static size_t batch_count;
static struct sockaddr_in server;
static atomic_size_t next_batch, refused;
static double *latencies_ms;

/* Of another process, or of all that it started (with_children). */
static double cpu_of(long wanted, bool children)
{
    double ticks = 0;
    glob_t found;
    if (glob("/proc/[0-9]*/stat", 0, NULL, &found) != 0)
        die("/proc", NULL);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct buf text = {0};
        unsigned long user, system;
        long parent;
        if (file_read(found.gl_pathv[i], 4096, &text, NULL) == 0) {
            const char *after = strrchr(text.data, ')');
            if (after &&
                sscanf(after + 1, " %*c %ld %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &parent, &user, &system) ==
                    3 &&
                (children ? parent : strtol(text.data, NULL, 10)) == wanted)
                ticks += (double)(user + system);
        }
        buf_free(&text);
    }
    globfree(&found);
    return ticks / (double)sysconf(_SC_CLK_TCK);
}

/* ---- HTTP, just enough ---- */

static int dial(void)
{
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0)
        die("connect", NULL);
    return fd;
}

/* Posts, and returns the status; the answer's body goes to `answer`. */
static int post(int fd, const char *path, const char *headers, const struct buf *body, struct buf *answer)
{
    struct buf request = {0};
    buf_addf(&request, "POST %s HTTP/1.1\r\nHost: bench\r\n%sContent-Length: %zu\r\n\r\n", path, headers, body->len);
    buf_add(&request, body->data, body->len);
    for (size_t sent = 0; sent < request.len;) {
        ssize_t n = send(fd, request.data + sent, request.len - sent, MSG_NOSIGNAL);
        if (n <= 0)
            die("send", NULL);
        sent += (size_t)n;
    }
    buf_free(&request);
    buf_clear(answer);
    size_t want = 0;
    const char *start = NULL;
    while (!start || answer->len < want) {
        char piece[8192];
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n <= 0)
            die("the collector closed the connection", NULL);
        buf_add(answer, piece, (size_t)n);
        const char *end = strstr(answer->data, "\r\n\r\n"), *length = strcasestr(answer->data, "content-length:");
        if (end && length) {
            start = end + 4;
            want = (size_t)(start - answer->data) + strtoul(length + 15, NULL, 10);
        }
    }
    return atoi(answer->data + 9);
}

/* ---- what is sent ---- */

static void enrol(const char *token)
{
    int fd = dial();
    for (int i = 0; i < PROBES; i++) {
        char public[64];
        struct buf body = {0}, answer = {0};
        if (sign_key_new(&keys[i]) < 0)
            die("key", NULL);
        base64_write(keys[i].public, SIGN_PUBLIC_SIZE, public);
        json_t *wish = json_pack("{s:s, s:i, s:s, s:s, s:s}", "token", token, "turn", 1, "public", public, "country",
                                 "BJ", "consent", "1");
        statement_write(&keys[i], DOMAIN_ENROL, wish, &body);
        if (post(fd, "/api/v1/probes", "", &body, &answer) != 200)
            die(answer.data, NULL);
        json_decref(wish);
        buf_free(&body);
        buf_free(&answer);
    }
    close(fd);
}

static void add_result(struct buf *out, int64_t at_us, unsigned n)
{
    static const char *const targets[] = {"ns1.nic.bj", "ns2.nic.bj", "pch.nic.bj",
                                          "9.9.9.9",    "1.1.1.1",    "k.root-servers.net"};
    bool dns = n % 3 == 0;
    const char *target = targets[n % COUNT(targets)];
    char task[64];
    snprintf(task, sizeof task, "%s-%s", dns ? "dns" : "ping", target);
    struct result *r = result_new(dns ? "dns" : "ping", task, target);
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x09090900 + n % 200)};
    double rtt = 11 + n * 7919 % 1000 / 97.0;
    result_addr(r, &sa);
    r->at_us = at_us;
    r->mono_us = at_us % 1000000000;
    r->sync = true;
    r->outcome = n % 29 == 0 ? OUTCOME_TIMEOUT : OUTCOME_OK;
    r->bytes = 840;
    if (dns) {
        result_metric(r, "rt_ms", rtt);
        result_metric(r, "size", 120 + n % 50);
        result_metric(r, "rcode", 0);
    } else {
        static const char *const names[] = {"rtt_min_ms", "rtt_mean_ms", "rtt_p50_ms",
                                            "rtt_p95_ms", "rtt_max_ms",  "jitter_ms"};
        for (size_t i = 0; i < COUNT(names); i++)
            result_metric(r, names[i], rtt + i * 0.37);
        result_metric(r, "sent", 5);
        result_metric(r, "rcvd", 5);
        result_metric(r, "loss", 0);
        result_metric(r, "dup", 0);
        result_metric(r, "reorder", 0);
        json_object_set_new(r->detail, "rtts_ms",
                            json_pack("[f, f, f, f, f]", rtt, rtt + .37, rtt + .74, rtt + 1.11, rtt + 1.48));
    }
    result_write(r, out);
    result_free(r);
}

static void make_batches(void)
{
    int64_t start = clock_wall_us(&clock_system) - 900 * INT64_C(1000000) * (int64_t)(batch_count / PROBES + 1);
    uint8_t prev[PROBES][HASH_SIZE];
    batches = alloc_zero(batch_count, sizeof *batches);
    for (size_t i = 0; i < batch_count; i++) {
        size_t probe = i % PROBES;
        int64_t from = start + 900 * INT64_C(1000000) * (int64_t)(i / PROBES);
        struct batch_header h = {.seq = (int64_t)(i / PROBES) + 1,
                                 .has_prev = i >= PROBES,
                                 .sync = true,
                                 .sealed_at_us = from + 900 * INT64_C(1000000),
                                 .mono_us = 1000000000,
                                 .count = RESULTS,
                                 .boot = "3d5f2f0e-6d0c-4c5e-9d2a-0d4a3c1b2a99",
                                 .agent = "0.1.0"};
        snprintf(h.chain, sizeof h.chain, "%032zx", probe + 1);
        memcpy(h.prev, prev[probe], HASH_SIZE);
        probe_id_make(keys[probe].public, h.probe);
        struct buf lines = {0};
        for (unsigned n = 0; n < RESULTS; n++)
            add_result(&lines, from + n * INT64_C(7500000), n + (unsigned)i);
        batch_write(&h, NULL, &lines, &keys[probe], &batches[i], prev[probe]);
        buf_free(&lines);
    }
}

/* ---- over HTTP ---- */

static void *push(void *ctx)
{
    int fd = dial();
    struct buf answer = {0};
    for (size_t i; (i = next_batch++) < batch_count;) {
        double started = now_s();
        while (post(fd, "/api/v1/batches", "Content-Type: " BATCH_MEDIA_TYPE "\r\n", &batches[i], &answer) != 200) {
            if (!strstr(answer.data, "503"))
                die(answer.data, NULL);
            refused++;
            usleep(20000);
        }
        latencies_ms[i] = (now_s() - started) * 1000;
    }
    buf_free(&answer);
    close(fd);
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double run_http(unsigned connections, long collector, long postmaster)
{
    pthread_t threads[1024];
    latencies_ms = alloc_zero(batch_count, sizeof *latencies_ms);
    double ours = cpu_s(), theirs = cpu_of(collector, false), postgres = cpu_of(postmaster, true), started = now_s();
    for (unsigned i = 0; i < connections; i++)
        pthread_create(&threads[i], NULL, push, NULL);
    for (unsigned i = 0; i < connections; i++)
        pthread_join(threads[i], NULL);
    double seconds = now_s() - started, results = (double)(batch_count * RESULTS);
    ours = (cpu_s() - ours) / results * 1e6;
    theirs = (cpu_of(collector, false) - theirs) / results * 1e6;
    postgres = (cpu_of(postmaster, true) - postgres) / results * 1e6;
    qsort(latencies_ms, batch_count, sizeof *latencies_ms, by_size);
    double rate = results / seconds;
    printf("over HTTP:        %8.0f results/s (%.0f batches/s, %u connections, %zu answers 503)\n", rate,
           (double)batch_count / seconds, connections, (size_t)refused);
    printf("an answer takes:  %8.1f ms at the median, %.1f at the 99th percentile\n", latencies_ms[batch_count / 2],
           latencies_ms[batch_count * 99 / 100]);
    if (!(theirs > 0 && postgres > 0 && ours > 0))
        die("processor times", NULL);
    printf("CPU a result:     %8.2f us: %.2f collector, %.2f PostgreSQL, %.2f this client; two cores free of others\n"
           "                  would take %.0f results/s\n",
           theirs + postgres + ours, theirs, postgres, ours, 2e6 / (theirs + postgres + ours));
    return rate;
}

/* A rate is one of results that the database holds. */
static void check_stored(const char *conninfo)
{
    struct fault f = {0};
    struct pg *pg = NULL;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    if (pg_open(conninfo, &pg, &f) < 0 || pg_query(pg, "SELECT count(*) FROM result", 0, NULL, &rows, &f) < 0)
        die("count", &f);
    if (pg_int(rows, 0, 0) != (int64_t)(batch_count * RESULTS))
        die("not every result is in the database", NULL);
    pg_close(pg);
}

/* ---- the bound ---- */

static struct projection *project_all(const char *conninfo)
{
    struct fault f = {0};
    struct pg_pool *pool = NULL;
    if (pg_pool_new(conninfo, NULL, 1, 0, &pool, &f) < 0)
        die("pool", &f);
    struct project_names names = {dictionary_new(pool, "target"), dictionary_new(pool, "task")};
    struct projection *all = alloc_zero(batch_count, sizeof *all);
    double started = cpu_s();
    for (size_t i = 0; i < batch_count; i++) {
        struct batch b;
        const struct project_time time = {.now_us = clock_wall_us(&clock_system)};
        if (batch_read(batches[i].data, batches[i].len, &b, &f) != BATCH_FINE ||
            project_batch(&b, (int32_t)(i % PROBES) + 1, &names, &time, &all[i], &f) < 0)
            die("projection", &f);
        project_number(&all[i], (int64_t)i + 1);
        batch_free(&b);
    }
    printf("parsing alone:    %8.0f results a second of CPU (read and project)\n",
           (double)(batch_count * RESULTS) / (cpu_s() - started));
    dictionary_free(names.targets);
    dictionary_free(names.tasks);
    pg_pool_free(pool);
    return all;
}

static void run_copy(const char *conninfo, const char *table, const char *like, const struct projection *all,
                     double http)
{
    struct fault f = {0};
    struct pg *pg = NULL;
    _cleanup_text_ char *make = alloc_format("DROP TABLE IF EXISTS %s; CREATE TABLE %s (LIKE result %s)", table, table,
                                             like);
    _cleanup_text_ char *copy = alloc_format("COPY %s (" PROJECT_RESULT_COLUMNS ") FROM STDIN (FORMAT binary)", table);
    if (pg_open(conninfo, &pg, &f) < 0 || pg_run(pg, make, &f) < 0)
        die("table", &f);
    double started = now_s();
    const size_t group = 64; /* as the writers commit */
    for (size_t i = 0; i < batch_count; i += group) {
        const struct copy_rows *rows[64];
        size_t n = 0;
        for (; n < group && i + n < batch_count; n++)
            rows[n] = &all[i + n].results;
        if (copy_send(pg, copy, rows, n, &f) < 0)
            die("COPY", &f);
    }
    double rate = (double)(batch_count * RESULTS) / (now_s() - started);
    printf("COPY BINARY alone:%8.0f rows/s, %s; over HTTP is %.2f of it\n", rate,
           *like ? "with the indexes of result" : "into a bare table", http / rate);
    pg_close(pg);
}

int main(int argc, char **argv)
{
    if (argc != 8)
        return 2;
    char *colon = strrchr(argv[1], ':');
    *colon = '\0';
    server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(colon + 1))};
    inet_pton(AF_INET, argv[1], &server.sin_addr);
    batch_count = strtoul(argv[4], NULL, 10);
    unsigned connections = (unsigned)strtoul(argv[5], NULL, 10);
    enrol(argv[2]);
    make_batches();
    printf("%zu batches of %d results, %zu bytes each\n", batch_count, RESULTS, batches[0].len);
    double http = run_http(connections, atol(argv[6]), atol(argv[7]));
    check_stored(argv[3]);
    struct projection *all = project_all(argv[3]);
    run_copy(argv[3], "bench_indexed", "INCLUDING INDEXES", all, http);
    run_copy(argv[3], "bench_bare", "", all, http);
    return 0;
}
