-- What kind of place a probe stands in: home, school, health centre… (common/line.c has the words). NULL: not said.
ALTER TABLE probe_context ADD site text;
DROP FUNCTION IF EXISTS context_tell(int, text, text, text, text, text, text, int, text, boolean, text);
