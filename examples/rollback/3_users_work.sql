-- What users do while the files are in the store, in table :file: they rename some, delete some, upload some again, and
-- add new ones. What is uploaded goes into the store.

UPDATE :file SET name = 'mine ' || id || '.csv' WHERE id % 100 = 1;
DELETE FROM :file WHERE id % 1000 = 2;
UPDATE :file SET store_key = 'eu/again/' || id, checksum = md5('again' || id) WHERE id % 1000 = 3;
INSERT INTO :file
SELECT 1000000000 + i, 7, 'new ' || i || '.csv', '2026-05-01', 'eu/7/new' || i, md5('new' || i) FROM generate_series(1, 200) i;
