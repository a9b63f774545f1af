-- Numbers of days are told by sketches (schema/views/number.sql): made again with other columns.
DROP VIEW IF EXISTS day_number;
DROP FUNCTION IF EXISTS target_bucket(date, date, text);
