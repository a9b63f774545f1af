/* Words that an enrolment may use, for whoever reads them back. */
#pragma once

extern const char *const access_technologies[]; /* NULL ends it */
