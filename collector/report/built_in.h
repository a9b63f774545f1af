/* The templates and styles of this room, which are built in. */
#pragma once

/* "report.css", "section/goals.html". One that is absent is a program error. */
const char *built_in_text(const char *path);
