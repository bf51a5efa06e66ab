-- Beside the rest, because scenario C makes it once more.

CREATE TABLE invitation (
    id     bigint PRIMARY KEY,
    access bigint REFERENCES access,
    doc    jsonb NOT NULL
);
