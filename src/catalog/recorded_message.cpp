#include "catalog/recorded_message.hpp"

#include <cstring>

namespace migsafe::catalog {
namespace {

constexpr int32 null_field = -1;

template <typename T>
void
append(std::string &bytes, const T &value)
{
	bytes.append(reinterpret_cast<const char *>(&value), sizeof(value));
}

template <typename T>
T
take(const std::string &bytes, size_t &at)
{
	T value;

	memcpy(&value, bytes.data() + at, sizeof(value));
	at += sizeof(value);
	return value;
}

} // namespace

std::string
recorded_message::encode() const
{
	std::string bytes;

	append(bytes, what);
	append(bytes, run_id);
	for (const auto &field : fields)
	{
		append(bytes, field ? static_cast<int32>(field->size()) : null_field);
		if (field)
			bytes += *field;
	}
	return bytes;
}

recorded_message
recorded_message::decode(const std::string &bytes)
{
	size_t at = 0;
	recorded_message message{};

	message.what = take<fact>(bytes, at);
	message.run_id = take<int64>(bytes, at);
	while (at < bytes.size())
	{
		const auto size = take<int32>(bytes, at);

		if (size == null_field)
		{
			message.fields.emplace_back();
			continue;
		}
		message.fields.emplace_back(bytes.substr(at, static_cast<size_t>(size)));
		at += static_cast<size_t>(size);
	}
	return message;
}

} // namespace migsafe::catalog
