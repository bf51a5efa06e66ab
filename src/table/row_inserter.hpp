/*
 * row_inserter.hpp
 *		Inserting rows into a target, each into the partition that it belongs to.
 */
#pragma once

#include "table/result_relations.hpp"

namespace migsafe {

/* Everything but the constructor is server code. */
class row_inserter
{
public:
	row_inserter(const target &t, result_relations &relations) : target_(t), relations_(relations)
	{
	}

	/* Forget the state before, even an abandoned one. */
	void begin(EState *state);
	/* row: in the target's layout. */
	void insert(TupleTableSlot *row);
	void finish();

private:
	const target &target_;
	result_relations &relations_;
	EState *state_ = nullptr;
	ModifyTableState *plan_ = nullptr; /* what routing asks for; both are made with the first row */
	PartitionTupleRouting *routing_ = nullptr;

	void begin_routing();
	ResultRelInfo *route(TupleTableSlot *&row);
};

} // namespace migsafe
