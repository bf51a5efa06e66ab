-- What the examples of the reference work on: the table of the README, freshly made.
CREATE EXTENSION migsafe;
CREATE TABLE account (id integer PRIMARY KEY, doc jsonb NOT NULL);
INSERT INTO account VALUES
    (1, '{"quota": "100"}'), (2, '{"quota": "2.50"}'), (3, '{"quota": "none"}'), (4, '{"quota": 7}');
