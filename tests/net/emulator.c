/* emulator: a link between two network namespaces with the delay, jitter, loss,
 * rate, queue, duplication and reordering that a test asks for.
 *
 *   emulator NAMESPACE-A DEVICE-A NAMESPACE-B DEVICE-B [OPTION=VALUE]…
 *
 * NAMESPACE is the path of a namespace's file (/run/netns/NAME,
 * /proc/PID/ns/net). The emulator makes a TAP device in each, says "ready" on
 * its output, and carries frames between them until its input ends. Options
 * hold for both directions, or for one with the prefix ab. or ba.:
 *
 *   delay_us      one-way delay
 *   jitter_us     added to it, uniform in 0..jitter_us; frames keep their order
 *   loss          probability that a frame is lost
 *   rate_kbps     the link's rate, 0 for none; frames wait for those before them
 *   queue_bytes   what may wait for the rate; a frame beyond it is dropped
 *   duplicate     probability that a frame is delivered twice
 *   reorder       probability that a frame is held back, and later ones pass it
 *   reorder_us    how long it is held back
 *   seed          of both directions' generators
 *
 * Commands on its input, one a line; each is answered by one line:
 *   set OPTION=VALUE…   changes options, then as restart     → "ok"
 *   restart             counters to 0, generators to the seed → "ok"
 *   report              → the counters as one JSON object
 * When its input ends, frames in flight are dropped and the report is written
 * once more.
 *
 * What hosts send on their own (ARP, neighbour discovery, multicast) is carried
 * with the delay alone and counted apart: it must not shift the draws, which
 * depend on nothing but the seed, the direction, and a frame's ordinal number
 * among those of its IP protocol (so that a ping's fate is the same whether UDP
 * runs beside it or not). Each frame takes the same number of draws whatever
 * the options, so that turning one on leaves the fate of the frames under
 * another as it was. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#define FRAME_MAX 9216
/* Frames in flight: 1 Gbit/s for a second, in full frames. */
#define FLIGHT_MAX 131072
/* Frames read from one side in one go, so that the other is not kept waiting. */
#define BURST 64
/* Sleeping ends up to a hundred microseconds late: the last ones are waited out
 * with open eyes. */
#define SPIN_NS 150000

struct options {
    double delay_us, jitter_us, loss, rate_kbps, queue_bytes, duplicate, reorder, reorder_us, seed;
};

static const struct {
    const char *name;
    size_t offset;
    double max;
} option_names[] = {
    {"delay_us", offsetof(struct options, delay_us), 60e6},
    {"jitter_us", offsetof(struct options, jitter_us), 60e6},
    {"loss", offsetof(struct options, loss), 1},
    {"rate_kbps", offsetof(struct options, rate_kbps), 1e8},
    {"queue_bytes", offsetof(struct options, queue_bytes), 1e9},
    {"duplicate", offsetof(struct options, duplicate), 1},
    {"reorder", offsetof(struct options, reorder), 1},
    {"reorder_us", offsetof(struct options, reorder_us), 60e6},
    {"seed", offsetof(struct options, seed), 9e15},
};

struct counters {
    uint64_t in, out, lost, queue_dropped, duplicated, reordered, housekeeping, overflow;
    uint64_t bytes_in, bytes_out;
    int64_t late_max_ns, late_sum_ns; /* deliveries after their planned time */
};

struct frame {
    int64_t due_ns;
    uint64_t tie; /* frames due at the same time leave in the order they came */
    uint64_t ordinal;
    bool counted, copy;
    size_t len;
    uint8_t bytes[];
};

struct direction {
    const char *name;
    int from, to;
    struct options options;
    struct counters counters;
    uint64_t generators[256]; /* by IP protocol */
    struct frame **heap;
    size_t flying;
    uint64_t tie, ordinal;
    int64_t line_free_ns; /* when the last bit of what waits will have left */
    int64_t order_ns;     /* no frame that keeps its order is due before this */
    uint64_t highest;     /* ordinal of the latest frame delivered */
};

static void fail(const char *what)
{
    fprintf(stderr, "emulator: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), as a number in [0, 1). */
static double draw(uint64_t *generator)
{
    uint64_t z = *generator += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* ---- frames in flight: a binary heap by due time ---- */

static bool before(const struct frame *a, const struct frame *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->tie < b->tie;
}

static void push(struct direction *d, struct frame *frame)
{
    size_t i = d->flying++;
    for (; i > 0 && before(frame, d->heap[(i - 1) / 2]); i = (i - 1) / 2)
        d->heap[i] = d->heap[(i - 1) / 2];
    d->heap[i] = frame;
}

static struct frame *pop(struct direction *d)
{
    struct frame *top = d->heap[0], *last = d->heap[--d->flying];
    size_t i = 0, child;
    while ((child = 2 * i + 1) < d->flying) {
        if (child + 1 < d->flying && before(d->heap[child + 1], d->heap[child]))
            child++;
        if (!before(d->heap[child], last))
            break;
        d->heap[i] = d->heap[child];
        i = child;
    }
    d->heap[i] = last;
    return top;
}

/* ---- the link ---- */

/* ARP, IPv6 neighbour and router discovery, and whatever goes to a group. */
static bool is_housekeeping(const uint8_t *f, size_t len)
{
    if (len < 14 || f[0] & 1 || (f[12] == 0x08 && f[13] == 0x06))
        return true;
    bool icmp6 = len > 54 && f[12] == 0x86 && f[13] == 0xdd && f[20] == 58;
    return icmp6 && f[54] >= 133 && f[54] <= 137;
}

/* Of a frame that is no housekeeping; 0 when it is no IP. */
static uint8_t ip_protocol(const uint8_t *f, size_t len)
{
    if (len >= 34 && f[12] == 0x08 && f[13] == 0x00)
        return f[23];
    return len >= 54 && f[12] == 0x86 && f[13] == 0xdd ? f[20] : 0;
}

static void deliver(struct direction *d, const struct frame *frame)
{
    int64_t late = now_ns() - frame->due_ns;
    if (write(d->to, frame->bytes, frame->len) < 0 && errno != EIO) /* EIO: the device is down */
        fail("write");
    if (!frame->counted)
        return;
    d->counters.out++;
    d->counters.bytes_out += frame->len;
    d->counters.late_sum_ns += late;
    if (late > d->counters.late_max_ns)
        d->counters.late_max_ns = late;
    /* RFC 4737 section 3: out of order when a later frame was there before. */
    if (!frame->copy && frame->ordinal < d->highest)
        d->counters.reordered++;
    if (frame->ordinal > d->highest)
        d->highest = frame->ordinal;
}

static void launch(struct direction *d, const uint8_t *bytes, size_t len, int64_t due_ns, bool counted, bool copy)
{
    if (d->flying == FLIGHT_MAX) {
        d->counters.overflow++;
        return;
    }
    struct frame *frame = malloc(sizeof *frame + len);
    if (!frame)
        fail("malloc");
    *frame = (struct frame){
        .due_ns = due_ns, .tie = d->tie++, .ordinal = d->ordinal, .counted = counted, .copy = copy, .len = len};
    memcpy(frame->bytes, bytes, len);
    push(d, frame);
}

/* When the frame has left at the link's rate; -1 when the queue is full. */
static int64_t transmit(struct direction *d, size_t len, int64_t now)
{
    if (d->options.rate_kbps <= 0)
        return now;
    double ns_per_byte = 8e6 / d->options.rate_kbps;
    int64_t start = d->line_free_ns > now ? d->line_free_ns : now;
    if ((double)(start - now) / ns_per_byte + (double)len > d->options.queue_bytes)
        return -1;
    d->line_free_ns = start + (int64_t)((double)len * ns_per_byte);
    return d->line_free_ns;
}

static void take(struct direction *d, const uint8_t *bytes, size_t len)
{
    const struct options *o = &d->options;
    int64_t now = now_ns();
    if (is_housekeeping(bytes, len)) {
        d->counters.housekeeping++;
        launch(d, bytes, len, now + (int64_t)(o->delay_us * 1e3), false, false);
        return;
    }
    d->ordinal++;
    d->counters.in++;
    d->counters.bytes_in += len;
    uint64_t *g = &d->generators[ip_protocol(bytes, len)];
    bool lost = draw(g) < o->loss, twice = draw(g) < o->duplicate, held = draw(g) < o->reorder;
    double jitter_us = draw(g) * o->jitter_us;
    if (lost) {
        d->counters.lost++;
        return;
    }
    int64_t left = transmit(d, len, now);
    if (left < 0) {
        d->counters.queue_dropped++;
        return;
    }
    int64_t due = left + (int64_t)((o->delay_us + jitter_us) * 1e3);
    if (due < d->order_ns)
        due = d->order_ns;
    if (held)
        due += (int64_t)(o->reorder_us * 1e3);
    else
        d->order_ns = due;
    launch(d, bytes, len, due, true, false);
    if (twice) {
        d->counters.duplicated++;
        launch(d, bytes, len, due, true, true);
    }
}

static void read_side(struct direction *d)
{
    uint8_t bytes[FRAME_MAX];
    for (int i = 0; i < BURST; i++) {
        ssize_t n = read(d->from, bytes, sizeof bytes);
        if (n < 0 && (errno == EAGAIN || errno == EIO))
            return;
        if (n < 0)
            fail("read");
        take(d, bytes, (size_t)n);
    }
}

static void deliver_due(struct direction *d)
{
    while (d->flying > 0 && d->heap[0]->due_ns <= now_ns()) {
        struct frame *frame = pop(d);
        deliver(d, frame);
        free(frame);
    }
}

static void restart(struct direction *d, uint64_t salt)
{
    d->counters = (struct counters){0};
    for (uint64_t i = 0; i < 256; i++)
        d->generators[i] = ((uint64_t)d->options.seed * 2 + salt) << 8 | i;
    d->ordinal = d->highest = 0;
    d->line_free_ns = d->order_ns = 0;
}

/* ---- options, commands, report ---- */

static void set_option(struct direction sides[static 2], const char *text)
{
    int first = 0, last = 1;
    if (strncmp(text, "ab.", 3) == 0 || strncmp(text, "ba.", 3) == 0) {
        first = last = text[0] == 'b';
        text += 3;
    }
    const char *equals = strchr(text, '=');
    for (size_t i = 0; equals && i < sizeof option_names / sizeof *option_names; i++) {
        char *end;
        double value = strtod(equals + 1, &end);
        if (strncmp(text, option_names[i].name, (size_t)(equals - text)) != 0 ||
            option_names[i].name[equals - text] != 0 || end == equals + 1 || *end || !(value >= 0) ||
            value > option_names[i].max)
            continue;
        for (int s = first; s <= last; s++)
            *(double *)((char *)&sides[s].options + option_names[i].offset) = value;
        return;
    }
    fprintf(stderr, "emulator: no option or value '%s'\n", text);
    exit(2);
}

static void report_side(const struct direction *d)
{
    const struct counters *c = &d->counters;
    printf("\"%s\":{\"in\":%" PRIu64 ",\"out\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"queue_dropped\":%" PRIu64
           ",\"duplicated\":%" PRIu64 ",\"reordered\":%" PRIu64 ",\"in_flight\":%zu,\"housekeeping\":%" PRIu64
           ",\"overflow\":%" PRIu64 ",\"bytes_in\":%" PRIu64 ",\"bytes_out\":%" PRIu64
           ",\"late_max_us\":%.1f,\"late_mean_us\":%.1f}",
           d->name, c->in, c->out, c->lost, c->queue_dropped, c->duplicated, c->reordered, d->flying, c->housekeeping,
           c->overflow, c->bytes_in, c->bytes_out, (double)c->late_max_ns / 1e3,
           c->out ? (double)c->late_sum_ns / 1e3 / (double)c->out : 0.0);
}

static void report(const struct direction sides[static 2])
{
    printf("{");
    report_side(&sides[0]);
    printf(",");
    report_side(&sides[1]);
    printf("}\n");
    fflush(stdout);
}

static void command(struct direction sides[static 2], char *line)
{
    char *rest, *word = strtok_r(line, " \n", &rest);
    if (word && strcmp(word, "report") == 0) {
        report(sides);
        return;
    }
    if (!word || (strcmp(word, "set") != 0 && strcmp(word, "restart") != 0)) {
        fprintf(stderr, "emulator: no command '%s'\n", word ? word : "");
        exit(2);
    }
    while ((word = strtok_r(NULL, " \n", &rest)))
        set_option(sides, word);
    restart(&sides[0], 0);
    restart(&sides[1], 1);
    puts("ok");
    fflush(stdout);
}

/* False when the input has ended. */
static bool read_commands(struct direction sides[static 2])
{
    static char text[4096];
    static size_t len;
    ssize_t n = read(STDIN_FILENO, text + len, sizeof text - 1 - len);
    if (n <= 0)
        return false;
    len += (size_t)n;
    text[len] = 0;
    char *end;
    while ((end = strchr(text, '\n'))) {
        *end = 0;
        size_t used = (size_t)(end + 1 - text);
        command(sides, text);
        memmove(text, end + 1, len - used + 1);
        len -= used;
    }
    return true;
}

/* Sleeps until there is something to read or a frame is nearly due. */
static bool wait_for_work(struct direction sides[static 2])
{
    struct pollfd fds[] = {
        {.fd = sides[0].from, .events = POLLIN},
        {.fd = sides[1].from, .events = POLLIN},
        {.fd = STDIN_FILENO, .events = POLLIN},
    };
    int64_t due = INT64_MAX;
    for (int s = 0; s < 2; s++)
        if (sides[s].flying > 0 && sides[s].heap[0]->due_ns < due)
            due = sides[s].heap[0]->due_ns;
    int64_t left = due == INT64_MAX ? INT64_MAX : due - now_ns() - SPIN_NS;
    struct timespec wait = {0};
    if (left > 0)
        wait = (struct timespec){.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    if (ppoll(fds, 3, left == INT64_MAX ? NULL : &wait, NULL) < 0 && errno != EINTR)
        fail("ppoll");
    return !fds[2].revents || read_commands(sides);
}

static int open_tap(const char *space, const char *device)
{
    int fd = open(space, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
        fail(space);
    close(fd);
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    strncpy(request.ifr_name, device, sizeof request.ifr_name - 1);
    if ((fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)) < 0)
        fail("/dev/net/tun");
    if (ioctl(fd, TUNSETIFF, &request) < 0)
        fail(device);
    return fd;
}

int main(int argc, char **argv)
{
    struct direction sides[2] = {{.name = "ab"}, {.name = "ba"}};
    if (argc < 5) {
        fprintf(stderr, "usage: emulator NAMESPACE-A DEVICE-A NAMESPACE-B DEVICE-B [OPTION=VALUE]...\n");
        return 2;
    }
    sides[0].from = sides[1].to = open_tap(argv[1], argv[2]);
    sides[1].from = sides[0].to = open_tap(argv[3], argv[4]);
    for (int s = 0; s < 2; s++) {
        sides[s].options = (struct options){.queue_bytes = 1e9, .reorder_us = 10000, .seed = 1};
        if (!(sides[s].heap = malloc(FLIGHT_MAX * sizeof *sides[s].heap)))
            fail("malloc");
    }
    for (int i = 5; i < argc; i++)
        set_option(sides, argv[i]);
    restart(&sides[0], 0);
    restart(&sides[1], 1);

    /* Punctuality: no timer slack, no swapping, first in line where allowed. */
    prctl(PR_SET_TIMERSLACK, 1);
    (void)mlockall(MCL_CURRENT);
    (void)sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 10});

    puts("ready");
    fflush(stdout);
    while (wait_for_work(sides)) {
        for (int s = 0; s < 2; s++) {
            read_side(&sides[s]);
            deliver_due(&sides[s]);
        }
    }
    report(sides);
    return 0;
}
