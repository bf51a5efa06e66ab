#include "check/check.hpp"
#include "pg/snapshot.hpp"

using namespace migsafe;

MIGSAFE_FUNCTION(migsafe_validate_jsonb)
{
	const pg::arguments args(fcinfo);

	args.require(0, "target");
	args.require(1, "checks");

	const target t(args.oid(0), "target", AccessShareLock);

	t.require_readable();

	const std::vector<check> checks = parse_checks(t, read_checks(args.jsonb(1), "checks"));
	const pg::registered_snapshot snapshot;
	const std::vector<check_result> results = run_checks(t, checks, snapshot.get());
	pg::result_set out(fcinfo);

	for (size_t i = 0; i < checks.size(); i++)
	{
		const check_result &r = results[i];

		out.add({pg::value::of(static_cast<int32>(i + 1)), pg::value::text(checks[i].name),
				 pg::value::text(checks[i].kind),
				 pg::value::text(std::string(checks[i].is_error ? "error" : "warning")),
				 pg::value::of(r.passed),
				 r.total_rows ? pg::value::of(*r.total_rows) : pg::value::none(INT8OID),
				 r.total_rows ? pg::value::of(r.failed_rows) : pg::value::none(INT8OID),
				 pg::value::json(keys_json(r)),
				 r.message.empty() ? pg::value::none(TEXTOID) : pg::value::text(r.message)});
	}
	return 0;
}
