/*
 * start.cpp
 *		migsafe.start: an online run that a background worker carries out once the
 *		transaction has committed.
 */
#include "background/obstacle.hpp"
#include "background/pick_up.hpp"
#include "catalog/session.hpp"
#include "online/record_run.hpp"
#include "online/run_context.hpp"
#include "online/run_state.hpp"
#include "pg/message.hpp"
#include "pg/settings.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;
using namespace migsafe::online;

namespace {

constexpr int dry_run_argument = 8; /* of run_online */

void
require_login(Oid role, const std::string &name, const char *other_way)
{
	if (const auto found = background::obstacle_of(role))
		throw failure(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
					  "role \"" + name + "\" " + found->what)
			.detail("A background worker connects as the role itself that started the run.")
			.hint(found->cure + other_way);
}

void
require_login_of_caller()
{
	const Oid role = pg::call(GetUserId);

	require_login(role, pg::call([=] { return GetUserNameFromId(role, false); }),
				  " Or use CALL migsafe.run_online(), which needs no worker.");
}

/* Whoever starts it again lets code run as that role. */
void
require_role_of(const run_state &run)
{
	if (!pg::call(has_privs_of_role, GetUserId(), run.run_by_oid))
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
					  "permission denied to start " + run.title() + " again")
			.detail("It was begun by role \"" + run.run_by + "\", as which it is carried out.")
			.hint("Call it as that role, or as a member of it.");
}

/* Whatever stopped it counts no more, once this transaction commits. */
void
start_again(const run_state &run, int64 max_errors)
{
	require_role_of(run);
	require_begun_here(catalog::find_run(run.run_id));
	require_login(run.run_by_oid, run.run_by, "");
	catalog::set_max_errors(run.run_id, max_errors);
	catalog::set_in_background(run.run_id);
	pg::notice(run.title() + " has been begun before, going on with it");
	warn_of_failed_rows(run.run_id, max_errors);
	background::start_at_commit(run.run_id, run.run_by_oid);
}

/* A run of that name is there, and not finished. */
void
go_on_with(const run_state &run, int64 max_errors)
{
	if (run.under_rollback)
		throw run.under_rollback->in_the_way_of(run.title());
	if (run.stopped == "paused" || run.stopped == "cancelled")
		pg::warning(run.title() + " was " + *run.stopped + ", and stays so",
					"What was stopped by hand does not go on by itself. Go on with it by " +
						run.way_on() + ".");
	else if (run.is_carried_out && run.stopped != "failed") /* else it is ending */
		pg::notice(run.title() + " has already been started, skipping");
	else
		start_again(run, max_errors);
}

} // namespace

MIGSAFE_FUNCTION(migsafe_start)
{
	const online_request request = read_online_request(pg::arguments(fcinfo, dry_run_argument));

	require_read_write("migsafe.start()", "It records the run, for a background worker.");
	require_login_of_caller();

	const pg::local_settings none_stay; /* that a function makes, when expressions are tried */
	const recorded_run run = record_run(request, true);

	if (run.resumed)
		go_on_with(find_state(run.run_id).value(), request.run.max_errors);
	else if (!run.completed)
		background::start_at_commit(run.run_id, GetUserId());
	background::pick_up_pending();
	PG_RETURN_INT64(run.run_id);
}
