/*
 * conformance.cpp
 *		conformance FOLDER: runs published test suites against src/jsonb.
 *
 * They are those of json-patch-tests (every .json file of FOLDER/json-patch) and
 * tables in the form of RFC 7396, appendix A (every one of FOLDER whose name
 * begins with rfc7396).  A line for each case, beginning with "ok", "not ok", or
 * "skipped" where jsonb cannot hold it.
 */
#include "pg/failure.hpp"
#include "support/builder.hpp"
#include "support/engine.hpp"
#include "support/reader.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

using namespace migsafe;
using namespace migsafe::test_bed;
namespace fs = std::filesystem;

namespace {

using operation = std::string (*)(engine &tested, std::string_view document,
								  std::string_view patch);

std::string
apply_patch(engine &tested, std::string_view document, std::string_view patch)
{
	return tested.patch(document, patch);
}

std::string
apply_merge_patch(engine &tested, std::string_view document, std::string_view patch)
{
	return tested.merge_patch(document, patch);
}

class runner
{
public:
	/* Whether every case went as its suite says, and there was any. */
	[[nodiscard]] bool passed() const { return failed_ == 0 && passed_ > 0; }

	void run_suite(const fs::path &file, operation apply)
	{
		losses lost;
		json suite;

		name_ = file.filename().string();
		try
		{
			suite = parse(contents(file), &lost);
		}
		catch (const std::exception &problem)
		{
			report(false, problem.what());
		}
		for (size_t i = 0; i < suite.size(); i++)
		{
			const json &test = suite[i];

			name_ = file.filename().string() + " " + std::to_string(i + 1);
			if (!test.contains("doc") || !test.contains("patch"))
			{
				skip("no case");
				continue;
			}
			name_ += " " + test.value("comment", "");
			if (test.value("disabled", false))
				skip("disabled by the suite");
			else if (lost.contains(i))
				skip("jsonb cannot hold it: " + lost[i]);
			else
				run_case(test, apply);
		}
	}

	void print_totals() const
	{
		std::cout << "# " << passed_ << " passed, " << failed_ << " failed, " << skipped_
				  << " skipped\n";
	}

private:
	static std::string contents(const fs::path &file)
	{
		std::ifstream text(file);

		return {std::istreambuf_iterator<char>(text), {}};
	}

	void skip(const std::string &why)
	{
		std::cout << "skipped - " << name_ << " (" << why << ")\n";
		skipped_++;
	}

	void report(bool ok, const std::string &why)
	{
		std::cout << (ok ? "ok - " : "not ok - ") << name_ << (ok ? "" : ": " + why) << '\n';
		(ok ? passed_ : failed_)++;
	}

	void run_case(const json &test, operation apply)
	{
		try
		{
			const std::string bytes = apply(tested_, build(test["doc"]), build(test["patch"]));
			const json result = read(bytes);

			jsonb::check_structure(bytes);
			if (test.contains("error"))
				report(false, "gave " + text_of(result) + ", not an error");
			else
				report(!test.contains("expected") || same_value(result, test["expected"]),
					   "gave " + text_of(result));
		}
		catch (const failure &problem)
		{
			report(test.contains("error") && problem.sqlstate() != sqlstate("XX001"),
				   problem.what());
		}
		catch (const std::exception &problem)
		{
			report(false, problem.what());
		}
	}

	engine tested_;
	std::string name_;
	size_t passed_ = 0, failed_ = 0, skipped_ = 0;
};

std::vector<fs::path>
files_in(const fs::path &folder, const std::string &prefix)
{
	std::vector<fs::path> files;

	if (!fs::is_directory(folder))
		return files;
	for (const auto &entry : fs::directory_iterator(folder))
	{
		if (entry.path().extension() == ".json" &&
			entry.path().filename().string().starts_with(prefix))
			files.push_back(entry.path());
	}
	std::sort(files.begin(), files.end());
	return files;
}

} // namespace

int
main(int argc, char **argv)
{
	if (argc != 2)
	{
		std::cerr << "usage: conformance FOLDER\n";
		return 2;
	}

	const fs::path folder(argv[1]);
	runner all;

	for (const fs::path &file : files_in(folder / "json-patch", ""))
		all.run_suite(file, apply_patch);
	for (const fs::path &file : files_in(folder, "rfc7396"))
		all.run_suite(file, apply_merge_patch);
	all.print_totals();
	return all.passed() ? 0 : 1;
}
