-- Is a part of what this collector shows imaginary?
CREATE OR REPLACE VIEW public_simulation AS
SELECT EXISTS (SELECT FROM probe WHERE simulated) AS simulated;

SELECT allow('SELECT ON public_simulation', 'reader', 'analyst');
