/*
 * clock.c
 *		Preloaded into a server: the time of day that it reads is off by as many
 *		seconds as the file says that CLOCK_SHIFT names.  Intervals are not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long
shift(void)
{
	const int saved = errno;
	const char *const name = getenv("CLOCK_SHIFT");
	const int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
	char text[32] = "";

	if (file >= 0)
	{
		if (read(file, text, sizeof(text) - 1) < 0)
			text[0] = '\0';
		close(file);
	}
	errno = saved;
	return strtol(text, NULL, 10);
}

int
clock_gettime(clockid_t clock, struct timespec *at)
{
	const int result = (int) syscall(SYS_clock_gettime, clock, at);

	if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		at->tv_sec += shift();
	return result;
}

int
gettimeofday(struct timeval *restrict at, void *restrict zone)
{
	struct timespec now;

	(void) zone;
	clock_gettime(CLOCK_REALTIME, &now);
	at->tv_sec = now.tv_sec;
	at->tv_usec = now.tv_nsec / 1000;
	return 0;
}

time_t
time(time_t *at)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (at)
		*at = now.tv_sec;
	return now.tv_sec;
}
