/*
 * descriptor.hpp
 *		An open file or folder of the operating system.
 */
#pragma once

#include <string>
#include <utility>

namespace migsafe::archive {

class descriptor
{
public:
	descriptor() = default;
	/* Open name in the folder at (or AT_FDCWD), with flags of open(2); -1 in fd() if that fails, for the reason in errno. */
	descriptor(int at, const std::string &name, int flags);
	~descriptor();
	descriptor(descriptor &&other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
	descriptor &operator=(descriptor &&other) noexcept
	{
		std::swap(fd_, other.fd_);
		return *this;
	}

	[[nodiscard]] int fd() const { return fd_; }
	[[nodiscard]] bool is_open() const { return fd_ >= 0; }

private:
	int fd_ = -1;
};

} // namespace migsafe::archive
