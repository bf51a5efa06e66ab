/*
 * run_request.hpp
 *		What a run is asked for: the arguments that run_safe and run_online share.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "check/check.hpp"
#include "pg/value.hpp"
#include "run/undo_log.hpp"

#include <optional>
#include <string>

namespace migsafe {

struct run_request
{
	Oid target_oid;
	Jsonb *transform;
	std::optional<std::string> only_if, name;
	int64 max_errors;
	std::optional<int32> batch_size;
	check_list checks; /* empty if there are none, as the next */
	std::optional<int64> notice_every;
	bool dry_run;
	check_list precondition;
};

/*
 * From the first ten arguments: target, transform, only_if, name, max_errors,
 * batch_size, checks, notice_every, dry_run (which may be left out), precondition.
 * 22004 and 22023 for what is not allowed.
 */
run_request read_run_request(const pg::arguments &args);

/* The record of such a run, for an undo log that has been made. */
catalog::run_record record_of(const run_request &request, const target &t, int64 run_id,
							  const undo_log &undo);

/*
 * The run of that name that has been completed and stands, if it was asked for
 * the same, with a NOTICE that says so; 42710 if it was asked for something else, 55000 if
 * an online rollback of it is not finished, or if one was taken back and then redone in part.
 */
std::optional<catalog::run_record> completed_before(const run_request &request, const target &t);

/* 42710 if a run of that name was asked for something else; state: what it is, for the message. */
void require_same_request(const catalog::run_record &before, const run_request &request,
						  const target &t, const std::string &state, const std::string &hint);

} // namespace migsafe
