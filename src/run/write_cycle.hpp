#pragma once

#include "run/batch_writer.hpp"
#include "run/evaluation.hpp"

namespace migsafe {

struct cycle_outcome
{
	int64 written;
	std::vector<row_place> locked; /* rows that others hold; none if they were waited for */
};

/*
 * Write a batch, and evaluate those of its rows once more that changed meanwhile:
 * afterwards the batch holds them, to be written again.
 */
cycle_outcome write_cycle(evaluation &rows, batch_writer &writer, row_batch &batch,
						  error_log &errors, LockWaitPolicy wait);

/* Rows that changed while they were written are tried so often; then 27000. */
class cycle_limit
{
public:
	explicit cycle_limit(const target &t) : target_(t) {}
	void count();

private:
	const target &target_;
	int cycles_ = 0;
};

} // namespace migsafe
