/*
 * row_restorer.hpp
 *		One row of a target beside that of a backup: whether it differs, and putting it back.
 */
#pragma once

#include "backup/action_list.hpp"
#include "table/domain_constraints.hpp"
#include "table/row_writer.hpp"

namespace migsafe {

class row_restorer
{
public:
	/* copy: the backup's table, whose columns are those of the target without gaps */
	row_restorer(const target &t, Relation copy)
		: target_(t), copy_(copy), writer_(t, triggers::only_constraints, settable_columns(t)),
		  domains_(t)
	{
	}

	/* Where a batch begins and ends, and reading does. */
	[[nodiscard]] row_writer &writer() { return writer_; }

	/* Has the row another image than that of the backup?  While the writer is reading. */
	bool differs(const row_pairs &pair);

	/* Has the target columns of domains with constraints? */
	[[nodiscard]] bool has_domains() const { return domains_.any(); }
	/*
	 * The error that a domain's constraint is, if it refuses a value that the row, to which
	 * the list went, is to get.  key: names the row.  While the writer is reading.
	 */
	void require_domains(const action_list &list, const std::vector<AttrNumber> &key);

	/* Server code.  Do what is to be done to the row that the list went to; 40001 if it has changed since. */
	void perform(const action_list &list, action what);

private:
	const target &target_;
	const Relation copy_;
	row_writer writer_;
	domain_constraints domains_;

	static std::vector<AttrNumber> settable_columns(const target &t);
	TupleTableSlot *backup_row(ItemPointer tid);
	TupleTableSlot *present_row(const action_list &list);
	bool has_already(const column &c, TupleTableSlot *row, Datum value, bool null) const;
	TupleTableSlot *whole_row(TupleTableSlot *from);
	write_outcome change(const action_list &list, ItemPointer tid);
};

} // namespace migsafe
