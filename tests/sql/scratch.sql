-- A database beside another has its letters in the same order, whoever sorts them.
BEGIN;
SELECT plan(4);
SELECT is(scratch_locale(d), said, why) FROM (VALUES
    ('{"datcollate": "fr_BJ.UTF-8", "datctype": "C", "datlocprovider": "c", "daticulocale": null}'::jsonb,
     'LC_COLLATE ''fr_BJ.UTF-8'' LC_CTYPE ''C''', 'libc'),
    ('{"datcollate": "C", "datctype": "C", "datlocprovider": "i", "daticulocale": "fr-BJ"}',
     'LC_COLLATE ''C'' LC_CTYPE ''C'' LOCALE_PROVIDER icu ICU_LOCALE ''fr-BJ''', 'ICU, as PostgreSQL 15 has it'),
    ('{"datcollate": "C", "datctype": "C", "datlocprovider": "i", "datlocale": "fr", "daticurules": "&a < b"}',
     'LC_COLLATE ''C'' LC_CTYPE ''C'' LOCALE_PROVIDER icu ICU_LOCALE ''fr'' ICU_RULES ''&a < b''', 'ICU, as PostgreSQL 17 has it'),
    ('{"datcollate": "C", "datctype": "C", "datlocprovider": "b", "datlocale": "C.UTF-8"}',
     'LC_COLLATE ''C'' LC_CTYPE ''C'' LOCALE_PROVIDER builtin BUILTIN_LOCALE ''C.UTF-8''', 'PostgreSQL itself')) AS v (d, said, why);
SELECT * FROM finish();
ROLLBACK;
