-- The contestants of bench/redos: patterns that backtracking searches take exponential, cubic or quadratic time for, and
-- the texts on which they do.  They end in no single letter, whose absence would settle them.
\ir data.sql

CREATE TABLE bench.runaway (pattern text PRIMARY KEY, repeated text, ending text);
INSERT INTO bench.runaway VALUES
    ('^(a+)+$', 'a', '!'),
    ('^(a|a)*$', 'a', '!'),
    ('^(a|aa)+$', 'a', '!'),
    ('^(a*)*$', 'a', '!'),
    ('(a+)+[bc]', 'a', ''),
    ('(x+x+)+[yz]', 'x', ''),
    ('(.*)*[=;]', 'a', ''),
    ('.*.*[=;].*', 'a', ''),
    ('(.*a){12}[bc]', 'a', ''),
    ('^(\w+\s?)*$', 'word ', '!'),
    ('^(([a-z])+.)+[A-Z]([a-z])+$', 'a', ''),
    ('^([a-zA-Z0-9]+[.-]?)+[@#]$', 'a', ''),
    ('(a*)\1*[bc]', 'a', ''),
    ('(?=(a+)+[bc])', 'a', ''),
    ('a*[bc]', 'a', ''),
    ('\s+$', ' ', 'x'),
    ('(\d+)*\d{40}[xy]', '1', '');

-- What a test comes to: a verdict or the error.  Any other error is the bench's.
CREATE FUNCTION bench.outcome(pattern text, subject text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN migsafe.jsonb_matches_schema(jsonb_build_object('pattern', pattern), to_jsonb(subject));
EXCEPTION WHEN program_limit_exceeded THEN
    RETURN 'error';
END
$$;

CREATE FUNCTION bench.subject(r bench.runaway, characters integer) RETURNS text LANGUAGE sql IMMUTABLE
RETURN left(repeat(r.repeated, characters), characters - length(r.ending)) || r.ending;

CREATE TABLE bench.ended AS
SELECT pattern, characters, bench.outcome(pattern, bench.subject(r, characters)) AS outcome
FROM bench.runaway r, (VALUES (30), (1000), (100000)) sizes (characters);

-- Each round is a new session, which compiles the pattern.
INSERT INTO bench.contestant (task, name, documents, work)
SELECT pattern, characters, 1,
       format('SELECT bench.outcome(%L, bench.subject(r, %s)) FROM bench.runaway r WHERE pattern = %1$L',
              pattern, characters)
FROM bench.ended;
