/* For LD_PRELOAD: the kernel's clock claims to be synchronised to within 1 ms.
 * Both ends of a test on one host share one clock, so the claim is true there,
 * but only a program with CAP_SYS_TIME could make the kernel say so, for the
 * whole host. */
#include <sys/timex.h>

int adjtimex(struct timex *t)
{
    *t = (struct timex){.status = STA_PLL, .maxerror = 1000, .esterror = 100};
    return TIME_OK;
}
