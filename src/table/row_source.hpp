/*
 * row_source.hpp
 *		Rows of a target, one after the other.
 */
#pragma once

#include "pg/memory.hpp"
#include "pg/spi.hpp"
#include "table/target.hpp"

#include <vector>

namespace migsafe {

/* Where a version of a row lies: in which leaf, and where there. */
struct row_place
{
	size_t leaf_no;
	ItemPointerData tid;
};

/* All that a query for tableoid and ctid finds; rows of other tables are left out. */
std::vector<row_place> row_places(const target &t, pg::cursor &rows);

/*
 * It survives the rollback of subtransactions in which its rows were looked at,
 * because it works under the resource owner of its creator.
 */
class row_source
{
public:
	explicit row_source(const target &t);
	virtual ~row_source();
	row_source(const row_source &) = delete;
	row_source &operator=(const row_source &) = delete;

	/* Server code.  Go to the next row; false at the end. */
	bool next();

	/* The row as it lies in its leaf, and in the target's layout. */
	[[nodiscard]] TupleTableSlot *stored() const { return slots_[leaf_no_]; }
	[[nodiscard]] TupleTableSlot *row() const { return row_; }
	[[nodiscard]] size_t leaf_no() const { return leaf_no_; }

	/*
	 * Server code.  For a row that is found by other means than next(): put it
	 * into slot_for(leaf), and take it as the present one.
	 */
	[[nodiscard]] TupleTableSlot *slot_for(size_t leaf_no) const { return slots_[leaf_no]; }
	void take(size_t leaf_no);
	/* Server code.  Take the version at this place, whether it is the present one or not. */
	void look_at(const row_place &place);

protected:
	/* Server code.  Put the next row into the slot of its leaf, and set leaf_no; false at the end. */
	virtual bool advance(size_t &leaf_no) = 0;
	/* Is the destructor called while an exception passes?  Then the abort releases all by itself. */
	[[nodiscard]] bool unwinding() const;

	const target &target_;

private:
	ResourceOwner owner_;
	int exceptions_;
	std::vector<TupleTableSlot *> slots_; /* [leaf] */
	TupleTableSlot *converted_ = nullptr;
	TupleTableSlot *row_ = nullptr;
	size_t leaf_no_ = 0; /* of the present row */
};

/* The versions of rows that lie at these places, as far as a snapshot sees them. */
class listed_rows : public row_source
{
public:
	/* the snapshot must outlive the source */
	listed_rows(const target &t, Snapshot snapshot, std::vector<row_place> places)
		: row_source(t), snapshot_(snapshot), places_(std::move(places))
	{
	}

	/* How many of the places have been passed. */
	[[nodiscard]] size_t passed() const { return passed_; }

protected:
	bool advance(size_t &leaf_no) override;

private:
	Snapshot snapshot_;
	std::vector<row_place> places_;
	size_t passed_ = 0;
};

} // namespace migsafe
