#include "archive/read_back.hpp"

#include "archive/data_reader.hpp"
#include "archive/file_failure.hpp"
#include "archive/file_list.hpp"
#include "pg/rights.hpp"

#include <fcntl.h>

namespace migsafe::archive {

content_summary
read_back(const partial_folder &folder, uint64 bytes, const target &table)
{
	const std::string path = folder.path() + "/" + data_file;
	descriptor file(folder.fd(), data_file, O_RDONLY | O_NOFOLLOW);

	if (!file.is_open())
		throw file_failure(errno, "open file", path);

	data_reader data(path, std::move(file), bytes);
	fingerprint content(table.descriptor());
	const pg::memory_context row_cxt("migsafe export, read back");

	data.begin(table.rel());

	/* domains within composite types and arrays have their constraints tried: code of the owner's */
	const pg::restricted_role rights(table.owner());

	pg::call([&] {
		TupleTableSlot *const row = MakeSingleTupleTableSlot(table.descriptor(), &TTSOpsVirtual);
		MemoryContext const saved = MemoryContextSwitchTo(row_cxt.get());

		while (data.next(row->tts_values, row->tts_isnull))
		{
			CHECK_FOR_INTERRUPTS();
			content.add(ExecStoreVirtualTuple(row));
			ExecClearTuple(row);
			MemoryContextReset(row_cxt.get());
		}
		MemoryContextSwitchTo(saved);
		ExecDropSingleTupleTableSlot(row);
	});
	data.finish();
	return {content.rows(), content.hex()};
}

} // namespace migsafe::archive
