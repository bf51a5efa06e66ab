/*
 * fingerprint.hpp
 *		Whether two tables have the same content.
 *
 * Version 1.  Each column's value is hashed (128 bits of XXH3) by its content:
 * values of the simple built-in types by their image, elements of arrays and
 * fields of composites one by one, everything else by the type's binary output,
 * or its text output with pinned settings where there is none or where the
 * binary one is an OID.  A row's hash is the hash of these; row hashes are
 * added modulo 2^128, so that the order of rows does not matter and duplicates
 * count.  Column names and types are not part of it.
 */
#pragma once

#include "pg/memory.hpp"
#include "table/content.hpp"
#include "table/hash_sum.hpp"
#include "table/target.hpp"

#include <string>
#include <vector>

namespace migsafe {

constexpr int fingerprint_version = 1;

class fingerprint
{
public:
	explicit fingerprint(TupleDesc descriptor);

	/* Server code, under pinned_output.  Takes all columns that are not dropped. */
	void add(TupleTableSlot *row);

	[[nodiscard]] int64 rows() const { return rows_; }
	/* 32 hexadecimal digits. */
	[[nodiscard]] std::string hex() const { return sum_.hex(); }

private:
	pg::memory_context types_cxt_, row_cxt_;
	const int columns_;
	const content_type **types_;
	hash_sum sum_;
	int64 rows_ = 0;
};

struct content_summary
{
	int64 rows;
	std::string fingerprint; /* hexadecimal */

	bool operator==(const content_summary &) const = default;
};

/* What snapshot sees of a table. */
content_summary summarize_table(const target &t, Snapshot snapshot);
/* What there is now in a table. */
content_summary summarize_now(Oid table);

} // namespace migsafe
