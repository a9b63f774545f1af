#include "collector/command/days.h"

#include <errno.h>
#include <string.h>

#include "common/lang.h"

const struct option days_options[] = {
    {"from", N_("DAY"), N_("the first day, such as 2026-11-22"), OPTION_DAY},
    {"to", N_("DAY"), N_("the last day"), OPTION_DAY},
    {0},
};

int days_read(const struct invocation *in, struct days *ret, struct fault *f)
{
    *ret = (struct days){invocation_text(in, "from"), invocation_text(in, "to")};
    if (ret->from && ret->to && strcmp(ret->from, ret->to) > 0)
        return fault_set(f, -EINVAL, _("--from %s is later than --to %s; exchange the two"), ret->from, ret->to);
    return 0;
}
