-- The Jevons index: the geometric mean of price relatives, Π(pt/p0)^(1/n), of the items that are sold at both dates (ILO and others,
-- Consumer Price Index Manual: Concepts and Methods, 2020, chapter 8). NULL of none.
CREATE OR REPLACE FUNCTION jevons(relatives double precision[]) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$ SELECT exp(avg(ln(r))) FROM unnest(relatives) r $$;

-- Less what prices of all goods did meanwhile: a nominal index over the ratio of consumer prices.
CREATE OR REPLACE FUNCTION real_index(nominal double precision, cpi_ratio double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$ SELECT nominal / cpi_ratio $$;
REVOKE EXECUTE ON FUNCTION jevons, real_index FROM PUBLIC;
