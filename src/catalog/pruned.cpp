#include "catalog/pruned.hpp"

#include "catalog/session.hpp"
#include "catalog/undo_digest.hpp"

namespace migsafe::catalog {
namespace {

using pg::value;

void
mark(const char *sql, int64 id)
{
	session s;

	/* of a REPEATABLE READ transaction */
	if (s->execute(sql, {value::of(id)}) == 0)
		throw failure(ERRCODE_T_R_SERIALIZATION_FAILURE,
					  "a record is younger than the snapshot of this transaction")
			.detail("It is of backup or run " + std::to_string(id) + ".")
			.hint("Run the transaction again.");
}

std::optional<std::string>
sentence(const char *sql, int64 id)
{
	session s;
	const auto when = s->scalar(sql, {value::of(id)});

	return when ? std::optional("migsafe.prune() dropped it at " + *when + ".") : std::nullopt;
}

} // namespace

void
mark_run_pruned(int64 run_id)
{
	forget_undo_digest(run_id);
	mark("UPDATE migsafe.run SET pruned_at = clock_timestamp() WHERE run_id = $1", run_id);
}

void
mark_backup_pruned(int64 backup_id)
{
	mark("UPDATE migsafe.backup SET pruned_at = clock_timestamp() WHERE backup_id = $1", backup_id);
}

std::optional<std::string>
run_pruned(int64 run_id)
{
	return sentence("SELECT pruned_at FROM migsafe.run WHERE run_id = $1", run_id);
}

std::optional<std::string>
backup_pruned(int64 backup_id)
{
	return sentence("SELECT pruned_at FROM migsafe.backup WHERE backup_id = $1", backup_id);
}

} // namespace migsafe::catalog
