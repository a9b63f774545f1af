#include "agent/io/host.h"

#include "agent/io/names.h"
#include "agent/io/web.h"
#include "common/lang.h"
#include "common/log.h"

int host_open(struct host *ret, const struct clock *clock, struct fault *f)
{
    *ret = (struct host){0};
    int err = uv_loop_init(&ret->loop);
    if (err < 0)
        return fault_set(f, err, _("cannot start the event loop: %s"), uv_strerror(err));
    err = names_new(&ret->loop, &ret->env.names, f);
    if (err == 0) {
        err = web_new(&ret->loop, ret->env.names, clock, &ret->env.web, f);
        if (err < 0)
            names_free(ret->env.names);
    }
    if (err < 0) {
        uv_run(&ret->loop, UV_RUN_DEFAULT);
        uv_loop_close(&ret->loop);
        return err;
    }
    ret->env.loop = &ret->loop;
    ret->env.clock = clock;
    return 0;
}

/* A handle that nobody closed is a bug, but must not keep the program from
 * stopping. */
static void let_go(uv_handle_t *handle, void *arg)
{
    if (uv_is_closing(handle))
        return;
    log_debug("a %s handle was left open", uv_handle_type_name(handle->type));
    uv_unref(handle);
}

void host_close(struct host *h)
{
    web_free(h->env.web);
    names_free(h->env.names);
    uv_walk(&h->loop, let_go, NULL);
    uv_run(&h->loop, UV_RUN_DEFAULT);
    uv_loop_close(&h->loop);
}
