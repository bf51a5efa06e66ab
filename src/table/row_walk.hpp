/*
 * row_walk.hpp
 *		The rows of a target from the last place to the first, and from any place on.
 */
#pragma once

#include "table/row_source.hpp"

namespace migsafe {

/* A scan of the table itself, backwards: from the end of the last leaf, unless it is told where. */
class row_walk : public row_source
{
public:
	/*
	 * Can the target be walked through?  Each leaf has to be stored in a way that can be read
	 * from any place on; and under SERIALIZABLE no server but the newest notes what is read so.
	 */
	[[nodiscard]] static bool is_possible(const target &t);

	/* with the rows that snapshot sees; the snapshot must outlive the walk */
	row_walk(const target &t, Snapshot snapshot);
	~row_walk() override;

	/* Server code.  The next row is to be the last one before this place. */
	void go_before(const row_place &place);

protected:
	bool advance(size_t &leaf_no) override;

private:
	Snapshot snapshot_;
	pg::memory_context cxt_{"migsafe walk"};
	size_t leaves_left_; /* the last of which is being read */
	TableScanDesc scan_ = nullptr;

	void begin_scan();
	void end_scan();
};

} // namespace migsafe
