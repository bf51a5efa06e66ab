#include "online/resumable.hpp"

#include "online/run_context.hpp"
#include "online/run_lock.hpp"

namespace migsafe::online {
void
require_may_carry_out(const run_context &context)
{
	const Oid role = context.run.run_by;
	const std::string id = std::to_string(context.run.run_id);

	if (pg::call(GetUserId) == role)
		return;
	if (!context.run.target.caller_may_read() && !pg::call(has_privs_of_role, GetUserId(), role))
		throw catalog::no_such_run(context.run.run_id); /* as for who would steer it */

	const char *const name = pg::call([=] { return GetUserNameFromId(role, true); });

	throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE, "permission denied to carry out run " + id)
		.detail(name ? "It was begun by role \"" + std::string(name) +
						   "\", whose expressions would run with your rights."
					 : std::string("The role that began it is gone."))
		.hint(
			name ? "Call it in a session of that role; or let a background worker go on with it as "
				   "that role: SELECT migsafe.resume(" +
					   id + ");"
				 : "Take it back by CALL migsafe.rollback_online(" + id +
					   "), and begin another run.");
}

std::optional<pg::session_lock>
hold_resumable(int64 run_id, std::optional<int64> max_errors)
{
	const run_context context = load_context(run_id);

	require_may_carry_out(context);
	require_may_go_on(context.run);
	if (catalog::is_committed(run_id))
		return std::nullopt;
	if (max_errors && *max_errors < 0)
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"max_errors\" must not be negative")
			.hint("0 ends the run at the first row that fails.");

	pg::session_lock lock =
		hold_run(run_id); /* before anything is changed that whoever has it goes by */

	if (max_errors)
		catalog::set_max_errors(run_id, *max_errors);
	return lock;
}

} // namespace migsafe::online
