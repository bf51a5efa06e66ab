/*
 * reader_fuzz.cpp
 *		Bytes of any kind taken for a document: nothing is read that is not there.
 */
#include "support/builder.hpp"
#include "support/engine.hpp"
#include "support/generator.hpp"
#include "support/text.hpp"
#include "survival.hpp"

#include <array>

using namespace migsafe;
using namespace migsafe::jsonb;
using namespace migsafe::test_bed;

namespace {

const std::array<std::string, 10> &
patches()
{
	static const std::array<std::string, 10> all = {
		encoded(
			R"([{"op": "add", "path": "/a", "value": {"b": [1]}}, {"op": "test", "path": "/a/b/0", "value": 1}])"),
		encoded(R"([{"op": "add", "path": "/-", "value": "x"}, {"op": "remove", "path": "/0"}])"),
		encoded(
			R"([{"op": "move", "from": "/a", "path": "/b"}, {"op": "copy", "from": "", "path": "/a"}])"),
		encoded(
			R"([{"op": "copy", "from": "/1", "path": "/0"}, {"op": "replace", "path": "/0", "value": null}])"),
		encoded(R"([{"op": "default", "path": "/*/*/a", "value": 1.50, "optional": true}])"),
		encoded(
			R"([{"op": "rename", "path": "/*/a", "to": "longer than before", "optional": true}])"),
		encoded(
			R"([{"op": "cast", "path": "/*", "to": "string"}, {"op": "cast", "path": "/*", "to": "number"}])"),
		encoded(
			R"([{"op": "wrap", "path": "/*/*", "optional": true}, {"op": "unwrap", "path": "/0/0", "optional": true}])"),
		encoded(
			R"([{"op": "test", "path": "", "value": {"a": [1, 2.0, {"b": null}], "c": "text", "key": 0.00}}])"),
		encoded(
			R"([{"op": "move", "from": "/*/*", "path": "/*/*", "optional": true}, {"op": "remove", "path": "/*/-", "optional": true}])")};
	return all;
}

/* By cursor, and by number and name. */
void
walk(const value &v, const test_host &process)
{
	process.check();
	static_cast<void>(v.type_name());
	if (!v.is_container())
	{
		static_cast<void>(std::string(v.bytes()));
		return;
	}

	const container parts(v);
	uint32_t i = 0;

	for (cursor all(v); all.next(); i++)
	{
		const value same = parts.is_object() ? parts.member(i) : parts.element(i);

		if (same.data != all.current().data || !same_image(same, all.current()))
			give_up("walk", "the cursor and random access disagree");
		static_cast<void>(parts.find(all.key()));
		walk(all.current(), process);
	}
}

struct sample
{
	std::string document;
	std::string sound; /* one that it may have been before it was damaged; or empty */
};

/* What the fuzzer wrote, or a document of its choice, damaged at a few places. */
sample
sample_of(std::string_view input)
{
	if (input.empty() || input.front() % 2 == 0)
		return {std::string(input.substr(std::min<size_t>(1, input.size()))), {}};

	choices choose(input.substr(1));
	const std::string sound = build(any_document(choose));
	std::string damaged = sound;

	for (uint32_t i = choose.below(4); i > 0; i--)
	{
		const uint32_t at = choose.below(static_cast<uint32_t>(damaged.size()));

		damaged[at] = static_cast<char>(damaged[at] ^ choose.below(256));
	}
	if (choose.one_in(4))
		damaged.resize(choose.below(static_cast<uint32_t>(damaged.size()) + 1));
	return {damaged, sound};
}

/* What a patch learned from a sound document may not mislead it in a damaged one. */
void
try_patch(engine &tested, const std::string &bytes, std::string_view document,
		  const std::string &sound_document)
{
	const jsonb::patch patch(bytes, dialect::extended, "the patch");
	const bool sound = is_sound(document);
	std::string first;

	if (!sound_document.empty())
		survive("patch", true, [&] { return first = tested.patch(sound_document, patch); });
	survive("patch", sound, [&] { return tested.patch(document, patch); });
	survive("patch once more", sound, [&] { return tested.patch(document, patch); });
	if (!first.empty())
		survive("patch after damage", true, [&] {
			const std::string again = tested.patch(sound_document, patch);

			if (again != first)
				give_up("patch after damage", "the same document became another one");
			return again;
		});
}

void
need_all_released(const engine &tested)
{
	if (tested.process().outstanding() != 0)
		give_up("memory", "not all was released");
}

void
try_alone(std::string_view document, const std::string &sound_document)
{
	engine tested(fuzzing_limits);
	const bool sound = is_sound(document);

	survive("walk", sound, [&] {
		walk(root_of(document), tested.process());
		return std::string(sound ? document : "");
	});
	for (const std::string &patch : patches())
		try_patch(tested, patch, document, sound_document);
	survive("rewrite", sound, [&] { return tested.rewrite(document); });
	need_all_released(tested);
}

void
try_with(std::string_view document, const std::string &other)
{
	static const std::string object = encoded("{}"), array = encoded("[]");
	engine tested(fuzzing_limits);
	const bool sound = is_sound(document);

	survive("as a patch", sound, [&] { return tested.patch(other, document, dialect::extended); });
	survive("merge_patch", sound, [&] { return tested.merge_patch(document, other); });
	survive("as a merge patch", sound, [&] { return tested.merge_patch(other, document); });
	survive("diff to", sound, [&] { return tested.diff(document, other); });
	survive("diff from", sound, [&] { return tested.diff(other, document); });
	survive("diff and patch", sound, [&] {
		const std::string result = tested.patch(document, tested.diff(document, other));

		if (sound && result != other)
			give_up("diff and patch", "they did not lead to the other document");
		return result;
	});
	survive("merge as base", sound,
			[&] { return *tested.merge(document, other, object).document; });
	survive("merge as mine", sound,
			[&] { return *tested.merge(other, document, object).document; });
	survive("merge as theirs", sound,
			[&] { return *tested.merge(other, array, document).document; });
	need_all_released(tested);
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const std::array<std::string, 2> others = {
		encoded(R"({"a": [1, 2.0, {"b": null}], "c": "text", "key": 0.00})"),
		encoded(R"([{"a": 1}, [], "text", [[1]], {"a": {"a": -0.25}}])")};
	const sample input = sample_of({reinterpret_cast<const char *>(data), size});

	const exact document(input.document);

	try_alone(document.get(), input.sound);
	for (const std::string &other : others)
		try_with(document.get(), other);
	return 0;
}
