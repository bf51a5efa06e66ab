#include "support/reader.hpp"

#include "support/numeric.hpp"

#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace migsafe::test_bed {
namespace {

uint32_t
word_at(std::string_view bytes, size_t at)
{
	uint32_t word;

	if (at + sizeof(word) > bytes.size())
		throw std::runtime_error("a container is cut short");
	memcpy(&word, bytes.data() + at, sizeof(word));
	return word;
}

/* Reads one container from its first entry to its last. */
class reader
{
public:
	explicit reader(std::string_view bytes) : bytes_(bytes), header_(word_at(bytes, 0))
	{
		const size_t count = header_ & 0x0FFFFFFF;

		data_ = 4 * (1 + count * (header_ & 0x20000000 ? 2 : 1));
		data_end_ = data_;
	}

	json read_all()
	{
		const size_t count = header_ & 0x0FFFFFFF;

		if (header_ & 0x10000000)
			return next();
		if (header_ & 0x40000000)
		{
			json array = json::array();

			for (size_t i = 0; i < count; i++)
				array.push_back(next());
			return array;
		}

		json object = json::object();
		std::vector<std::string> keys;

		for (size_t i = 0; i < count; i++)
			keys.push_back(next().get<std::string>());
		for (size_t i = 0; i < count; i++)
			object[keys[i]] = next();
		return object;
	}

private:
	json next()
	{
		const uint32_t entry = word_at(bytes_, 4 * ++entry_);
		const size_t field = entry & 0x0FFFFFFF;
		const size_t begin = data_end_;

		data_end_ = entry & 0x80000000 ? data_ + field : begin + field;

		const std::string_view data = bytes_.substr(begin, data_end_ - begin);
		const size_t padding = (4 - begin % 4) % 4;

		switch (entry >> 28 & 7)
		{
			case 0:
				return std::string(data);
			case 1:
				return number(numeric_text(data.substr(padding)));
			case 2:
				return false;
			case 3:
				return true;
			case 4:
				return nullptr;
			case 5:
				return reader(data.substr(padding)).read_all();
			default:
				throw std::runtime_error("an entry is of an unknown type");
		}
	}

	std::string_view bytes_;
	uint32_t header_;
	size_t data_, data_end_;
	size_t entry_ = 0;
};

} // namespace

json
read(std::string_view document)
{
	return reader(document).read_all();
}

} // namespace migsafe::test_bed
