-- What the roles see of the numbers: the reader aggregates, the analyst everything that is not a contact or a hash.
REVOKE EXECUTE ON FUNCTION rollup_some, rollup_mark, public_series FROM PUBLIC;
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'internetmetre_reader') THEN
        RETURN;
    END IF;
    GRANT SELECT ON public_probe, public_target, public_check, public_indicator, public_indicator_day,
        public_edns_league
        TO internetmetre_reader, internetmetre_analyst;
    GRANT EXECUTE ON FUNCTION public_series TO internetmetre_reader;
    GRANT SELECT ON task, day_bucket, day_metric, rollup_day, rollup_day_sketch, indicator, indicator_value,
        indicator_day TO internetmetre_analyst;
END $$;
