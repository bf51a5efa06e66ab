#include "support/text.hpp"

#include "support/builder.hpp"
#include "support/reader.hpp"

namespace migsafe::test_bed {

std::string
encoded(std::string_view json_text)
{
	return build(parse(json_text));
}

std::string
decoded(std::string_view document)
{
	return text_of(read(document));
}

} // namespace migsafe::test_bed
