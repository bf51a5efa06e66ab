/*
 * run_context.hpp
 *		An online run as it is recorded, and whether it may go on.
 */
#pragma once

#include "catalog/online_run.hpp"
#include "pg/settings.hpp"

#include <vector>

namespace migsafe::online {

/* What all batches of a run have in common. */
struct run_context
{
	catalog::run_record run;
	catalog::online_run online;
	std::vector<pg::setting> settings; /* under which its expressions were written */
	int32 parts = 0;                   /* into how many its key range is divided */
	std::vector<AttrNumber> dropped;   /* columns that were gone when it was begun or resumed */
};

/*
 * The run as it is recorded; to be called in a transaction.  55000 if it is not
 * an online run.
 */
run_context load_context(int64 run_id);

/*
 * 55000 if the record came by a dump: a run goes by the numbers of columns and of
 * transactions that there were when it began.
 */
void require_begun_here(const catalog::run_record &run);

/*
 * 55000 if the run, or what it takes back, has been taken back, is being taken back, was
 * begun in another database, or if its target was restored since.
 */
void require_may_go_on(const catalog::run_record &run);

/* The tables that a run writes: the target, and those that hold its rows. */
std::vector<Oid> tables_of(const catalog::run_record &run);

} // namespace migsafe::online
