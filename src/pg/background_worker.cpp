#include "pg/background_worker.hpp"

#include <algorithm>
#include <cstring>

extern "C" {
#include "storage/latch.h"
#include "utils/wait_event.h"
}

namespace migsafe::pg {

std::optional<background_worker>
background_worker::start(const char *function, const std::string &name, Datum argument,
						 const std::string &extra)
{
	BackgroundWorker worker{};

	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	worker.bgw_main_arg = argument;
	worker.bgw_notify_pid = MyProcPid;
	strlcpy(worker.bgw_library_name, "migsafe", BGW_MAXLEN);
	strlcpy(worker.bgw_function_name, function, BGW_MAXLEN);
	strlcpy(worker.bgw_name, name.c_str(), BGW_MAXLEN);
	strlcpy(worker.bgw_type, name.c_str(), BGW_MAXLEN);
	memcpy(worker.bgw_extra, extra.data(), std::min<size_t>(extra.size(), BGW_EXTRALEN));

	BackgroundWorkerHandle *const handle = call([&] {
		BackgroundWorkerHandle *registered = nullptr;
		MemoryContext const saved = MemoryContextSwitchTo(TopMemoryContext);

		(void) RegisterDynamicBackgroundWorker(&worker, &registered);
		MemoryContextSwitchTo(saved);
		return registered;
	});

	if (handle == nullptr)
		return std::nullopt;
	return background_worker(handle);
}

bool
background_worker::is_under_way() const
{
	pid_t pid;
	const BgwHandleStatus status = GetBackgroundWorkerPid(handle_, &pid);

	return status == BGWH_STARTED || status == BGWH_NOT_YET_STARTED;
}

void
background_worker::terminate() const noexcept
{
	TerminateBackgroundWorker(handle_);
}

bool
is_background_worker(const char *function)
{
	return MyBgworkerEntry && strcmp(MyBgworkerEntry->bgw_library_name, "migsafe") == 0 &&
		   strcmp(MyBgworkerEntry->bgw_function_name, function) == 0;
}

void
begin_background_worker(Oid database, Oid role)
{
	call([=] {
		pqsignal(SIGTERM, die);
		BackgroundWorkerUnblockSignals();
		BackgroundWorkerInitializeConnectionByOid(database, role, 0);
	});
}

void
set_for_process(std::initializer_list<std::pair<const char *, const char *>> settings)
{
	for (const auto &[name, value] : settings)
		call(SetConfigOption, name, value, PGC_USERSET, PGC_S_SESSION);
}

void
sleep(long time)
{
	call([=] {
		(void) WaitLatch(nullptr, WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, time, PG_WAIT_EXTENSION);
		CHECK_FOR_INTERRUPTS();
	});
}

void
wait_to_be_woken(long timeout)
{
	call([=] {
		(void) WaitLatch(MyLatch,
						 WL_LATCH_SET | WL_EXIT_ON_PM_DEATH | (timeout >= 0 ? WL_TIMEOUT : 0),
						 timeout, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	});
}

} // namespace migsafe::pg
