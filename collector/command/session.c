#include "collector/command/session.h"

#include "collector/db/database.h"
#include "collector/figure/chapter.h"
#include "common/log.h"

int session_end(int rc, const struct fault *f)
{
    if (rc < 0)
        log_error("%s", f->text);
    return rc < 0 ? EXIT_NOT_OK : EXIT_OK;
}

static void tell(const struct fault *f)
{
    log_error("%s", f->text);
}

int session_do(const struct invocation *in, session_work work, const void *data)
{
    struct fault f = {0};
    _cleanup_database_ struct database *database = NULL;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int rc = database_session(&in->context->database, &database, &pg, &f);
    if (rc == 0)
        rc = chapter_check(pg, tell, &f);
    if (rc == 0)
        rc = work(&(const struct session){in, in->context, database, pg, data}, &f);
    return session_end(rc, &f);
}

int session_run(const struct invocation *in)
{
    const struct deed *deed = in->verb->data;
    struct fault f = {0};
    if (!deed->alone)
        return session_do(in, deed->work, NULL);
    return session_end(deed->work(&(const struct session){.in = in, .context = in->context}, &f), &f);
}
