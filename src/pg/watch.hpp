/*
 * watch.hpp
 *		Ends a long piece of work from within, when something in memory changes.
 */
#pragma once

#include "pg/call.hpp"

namespace migsafe::pg {

/*
 * While it lives, a timer asks every tenth of a second whether to go on; if not,
 * what runs is cancelled, with 57014, as by the user.  One at a time in a
 * process.  Beside a time_limit each takes care of its own cancel.
 */
class watch
{
public:
	/* For the timer's signal handler: reads memory, and does nothing else.  Should the work end? */
	using question = bool (*)(void *arg);

	watch(question should_end, void *arg);
	~watch() { stop(); }
	watch(const watch &) = delete;
	watch &operator=(const watch &) = delete;

	/*
	 * End it, and take back a cancel of its own that nobody has heeded.  A cancel of
	 * the user stays.
	 */
	void stop() noexcept;

	/*
	 * Was it this watch that cancelled?  If the user did so before it, it was the
	 * user; if he did so between its cancel and the next moment at which the server
	 * heeds one, both are one.
	 */
	[[nodiscard]] bool has_cancelled() const noexcept { return cancelled_; }

private:
	bool armed_ = false;
	bool cancelled_ = false;
};

} // namespace migsafe::pg
