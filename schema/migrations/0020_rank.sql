-- The best and the worst place, from 1, that significant differences leave an operator among the operators, a department among
-- the departments (collector/figure/rank.h); of the main statistic, where it is published.
ALTER TABLE indicator_value
    ADD rank_low  int,
    ADD rank_high int,
    ADD CHECK (rank_low BETWEEN 1 AND rank_high);
-- Figures that were made before have none: they are made again.
INSERT INTO indicator_dirty (year, why) SELECT DISTINCT extract(year FROM day)::int, 'method' FROM rollup_day ON CONFLICT DO NOTHING;
