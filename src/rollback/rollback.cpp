/*
 * rollback.cpp
 *		migsafe.rollback: a run taken back from its undo log.
 */
#include "pg/once.hpp"
#include "pg/value.hpp"
#include "rollback/rollback_request.hpp"
#include "rollback/take_back.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;

namespace {

constexpr terms_positions positions{1, 2, 3, 5, 6, 7};
constexpr int dry_run_position = 4, checks_position = 8;

rollback_options
read_options(const pg::arguments &args)
{
	rollback_options options;

	args.require(dry_run_position, "dry_run");
	options.terms = read_terms(args, positions);
	options.dry_run = args.boolean(dry_run_position);
	if (!options.dry_run)
		require_read_write("migsafe.rollback()", "Use dry_run => true to see the plan only.");
	if (!args.null(checks_position))
		options.checks = read_checks(args.jsonb(checks_position), "checks");
	return options;
}

} // namespace

MIGSAFE_ACTION(migsafe_rollback)
{
	const pg::arguments args(fcinfo);

	args.require(0, "run_id");

	const rollback_options options = read_options(args);

	return pg::make_record(fcinfo, take_back(catalog::find_run(args.bigint(0)), options).values());
}

MIGSAFE_ACTION(migsafe_rollback_by_name)
{
	const pg::arguments args(fcinfo);

	args.require(0, "name");

	const rollback_options options = read_options(args);
	const std::string name = args.string(0);

	if (!options.dry_run)
		lock_name(name);
	return pg::make_record(fcinfo, take_back(find_run_named(name), options).values());
}
