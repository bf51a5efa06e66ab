/*
 * run_part.hpp
 *		The catalog migsafe.run_part: into what an online run is divided, and how far it is.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "catalog/statement.hpp"
#include "table/hash_sum.hpp"
#include "table/row_key.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe::catalog {

/* What became of rows. */
struct part_counts
{
	int64 seen = 0, written = 0, failed = 0, only_if = 0, unchanged = 0, deleted = 0,
		  suppressed = 0;

	part_counts &operator+=(const part_counts &other);
	[[nodiscard]] int64 skipped() const { return only_if + unchanged + deleted + suppressed; }
};

struct run_part
{
	int32 part = 0;
	std::optional<key_text> first_key, last_key, last_done;
	bool done = false;
	part_counts counts;
	int32 batches = 0;
	int64 retries = 0;
	std::optional<int64> batch_size;
	hash_sum undo_hash; /* of the entries that it has added to the undo log */
};

/*
 * The parts into which its key range is divided, up to the last key; of an empty
 * table one that is done.  seen, rows_expected, tables: as in set_planned(), which is told.
 */
void insert_parts(int64 run_id, const std::vector<key_text> &bounds,
				  const std::optional<key_text> &last_key, const std::string &seen,
				  double rows_expected, const std::vector<Oid> &tables = {});
/* The parts with these keys are 0 to so many minus one. */
int32 count_parts(int64 run_id);
std::vector<int32> unfinished_parts(int64 run_id);
run_part find_part(int64 run_id, int32 part);
/* The sums over all parts; of one of them with these numbers. */
part_counts sum_of_parts(int64 run_id);
part_counts sum_of_parts(int64 run_id, const run_part &present);
void update(int64 run_id, const run_part &part, double rows_per_second);

/* The result of a run that ends now, without that of its checks. */
run_result result_of_parts(int64 run_id);

/* To be the first of a transaction: the next batch of a part begins.  No row: somebody else has carried one out since. */
statement begin_batch(int64 run_id, const run_part &part);

} // namespace migsafe::catalog
