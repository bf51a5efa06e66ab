/*
 * undo_log.hpp
 *		Before-images: what a run changed, row by row, so that it can be undone.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "pg/memory.hpp"
#include "run/entry_hash.hpp"
#include "run/undo_digest.hpp"
#include "run/undo_layout.hpp"
#include "table/bulk_insert.hpp"
#include "table/content.hpp"
#include "table/target.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe {

/* Of the entries that are appended: the number of the first, and from one to the next. */
struct entry_numbers
{
	int64 first = 1, step = 1;
};

/* hash_image() of a column's value. */
struct image_hash
{
	AttrNumber attnum;
	hash128 hash;
};

class undo_log
{
public:
	/* Create the table, owned by the target's owner; key as target::key chose it. */
	undo_log(const target &t, int64 run_id, std::vector<AttrNumber> key);
	/*
	 * Go on with the one that the run made in an earlier transaction; 55000 if it
	 * is gone or was altered, 42804 if a column was retyped since.  The target has the
	 * key that it had then.
	 */
	undo_log(const target &t, const catalog::run_record &run, std::vector<AttrNumber> key,
			 const entry_numbers &numbers);
	/* Server code, all in the subtransaction that writes the rows. */
	void begin_batch(int32 batch);
	/* before and after in the target's layout; known: of values of before that have been hashed already */
	void append(size_t leaf_no, TupleTableSlot *before, TupleTableSlot *after,
				const std::vector<image_hash> &known = {});
	void end_batch();
	/* What was appended since begin_batch stands: not if it was rolled back. */
	void keep_batch();
	/* All is appended, and kept; the hash of the content. */
	hash_sum finish();

	[[nodiscard]] const std::string &schema() const { return schema_; }
	[[nodiscard]] const std::string &name() const { return name_; }
	[[nodiscard]] const std::vector<AttrNumber> &key() const { return key_; }
	/* What migsafe.run.undo_columns holds. */
	[[nodiscard]] std::string columns_json() const;

private:
	const target &target_;
	std::vector<AttrNumber> key_, columns_;
	const undo_layout layout_;
	std::vector<AttrNumber> added_; /* since the undo log was made */
	std::string no_place_hint_;     /* of a rollback that goes on; else empty */
	std::string schema_, name_;
	undo_digest digest_;
	std::optional<bulk_inserter> rows_;
	std::optional<entry_hash> hashes_;
	hash_sum hash_, batch_hash_;
	pg::memory_context types_cxt_, row_cxt_;
	const content_type **types_;          /* [attnum - 1] */
	std::vector<const hash128 *> images_; /* of the present entry, see entry_hash */
	int32 batch_ = 0;
	int64 next_seq_ = 1, seq_step_ = 1;
	int64 kept_seq_ = 1; /* the next, if the batch at hand is rolled back */

	void check_width() const;
	void check_layout() const;
	void take_types();
	void open(Oid table);
	[[nodiscard]] std::string column_list() const;
	[[noreturn]] void raise_no_place(const FormData_pg_attribute &att) const;
	void put_changes(TupleTableSlot *entry, TupleTableSlot *before, TupleTableSlot *after);
	void take_hashes(const std::vector<image_hash> &known);
};

} // namespace migsafe
