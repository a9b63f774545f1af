-- Who may say that a box is gone depends on its token, not on the team alone (schema/functions/enroll.sql): asked by other arguments.
DROP FUNCTION IF EXISTS probe_replaceable(text, text, int);
