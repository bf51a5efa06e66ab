#include "catalog/stored_checks.hpp"
#include "check/check_reader.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;

MIGSAFE_FUNCTION(migsafe_store_checks)
{
	const pg::arguments args(fcinfo);

	args.require(0, "name");
	args.require(1, "checks");
	args.require(2, "replace");
	require_read_write("migsafe.store_checks()", "Call it in a transaction that may write.");

	const std::string name = args.string(0);

	if (name.empty())
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE, "argument \"name\" must not be empty")
			.hint("Pass the name by which the checks are to be used.");

	const check_list list = read_checks_without_names(args.jsonb(1), "checks");

	for (const check_item &item : list.items)
		check_reader(item).take_kind();
	catalog::store_checks(name, list.json, args.boolean(2));
	return 0;
}

MIGSAFE_FUNCTION(migsafe_drop_checks)
{
	const pg::arguments args(fcinfo);

	args.require(0, "name");
	require_read_write("migsafe.drop_checks()", "Call it in a transaction that may write.");
	catalog::drop_checks(args.string(0));
	return 0;
}
