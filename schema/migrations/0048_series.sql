-- Days for analysts are put together by the collector (collector/api/series_made.h).
DROP FUNCTION IF EXISTS series(date, date, text, text, text, text, text, text, text, text, text, text, int, double precision);
DROP FUNCTION IF EXISTS series_place(text, text, text, text, text, int);
