#include "table/content.hpp"

#include "pg/message.hpp"

extern "C" {
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
}

namespace migsafe {

/* How to hash the content of a type. */
struct content_type
{
	enum class form {
		image,
		binary_output,
		text_output,
		array,
		composite,
		range,
		multirange,
		presence
	} how;
	content_mode mode;
	FormData_pg_attribute att;   /* image: length and passing */
	FmgrInfo output;             /* binary or text */
	const content_type *element; /* array, range, multirange */
	int16 length;                /* array: of the element */
	bool by_value;
	char alignment;
};

namespace {

/* Simple built-in types whose image is a function of their value and holds no OID. */
bool
has_plain_image(Oid type)
{
	switch (type)
	{
		case BOOLOID:
		case CHAROID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case BYTEAOID:
		case JSONOID:
		case JSONBOID:
		case XMLOID:
		case UUIDOID:
		case DATEOID:
		case TIMEOID:
		case TIMETZOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case INTERVALOID:
			return true;
		default:
			return false;
	}
}

/* Types whose binary output is an OID, which another cluster gives another meaning. */
bool
is_oid_alias(Oid type)
{
	switch (type)
	{
		case REGPROCOID:
		case REGPROCEDUREOID:
		case REGOPEROID:
		case REGOPERATOROID:
		case REGCLASSOID:
		case REGTYPEOID:
		case REGROLEOID:
		case REGNAMESPACEOID:
		case REGCONFIGOID:
		case REGDICTIONARYOID:
		case REGCOLLATIONOID:
			return true;
		default:
			return false;
	}
}

/*
 * May the image stand for the value?  In an undo log: of all base types, whatever
 * extension made them, but not of those that are made of other types.
 */
bool
has_image_for(Oid type, content_mode mode)
{
	return has_plain_image(type) ||
		   (mode != content_mode::portable && get_typtype(type) == TYPTYPE_BASE);
}

/* InvalidOid if there is none. */
Oid
binary_output_of(Oid type)
{
	HeapTuple const tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));

	if (!HeapTupleIsValid(tuple))
		pg::raise_internal_error("cache lookup failed for a type");
	const Oid send = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple))->typsend;

	ReleaseSysCache(tuple);
	return send;
}

void
use_output_function(content_type *content, Oid type)
{
	const Oid send = binary_output_of(type);
	bool varlena;
	Oid function = send;

	content->how = content_type::form::binary_output;
	/* an enum's binary output is in the encoding of the client */
	if (!OidIsValid(send) || is_oid_alias(type) || get_typtype(type) == TYPTYPE_ENUM)
	{
		content->how = content_type::form::text_output;
		getTypeOutputInfo(type, &function, &varlena);
	}
	fmgr_info(function, &content->output);
}

/* The binary output of a range is that of its bounds, which may be in the encoding of the client. */
void
use_parts(content_type *content, content_type::form how, Oid element)
{
	content->how = how;
	content->element = content_of(element, content->mode);
}

} // namespace

const content_type *
content_of(Oid declared, content_mode mode)
{
	auto *const content = static_cast<content_type *>(palloc0(sizeof(content_type)));
	const Oid type = getBaseType(declared);
	const Oid element = get_element_type(type);

	content->mode = mode;
	if (OidIsValid(element) && get_typlen(type) == -1)
	{
		content->how = content_type::form::array;
		content->element = content_of(element, mode);
		get_typlenbyvalalign(element, &content->length, &content->by_value, &content->alignment);
	}
	else if (mode == content_mode::logged && is_oid_alias(type))
		content->how = content_type::form::presence;
	else if (has_image_for(type, mode))
	{
		content->how = content_type::form::image;
		get_typlenbyval(type, &content->att.attlen, &content->att.attbyval);
	}
	else if (get_typtype(type) == TYPTYPE_COMPOSITE || type == RECORDOID)
		content->how = content_type::form::composite;
	else if (mode != content_mode::portable && type_is_range(type))
		use_parts(content, content_type::form::range, get_range_subtype(type));
	else if (mode != content_mode::portable && type_is_multirange(type))
		use_parts(content, content_type::form::multirange, get_multirange_range(type));
	else
		use_output_function(content, type);
	return content;
}

namespace {

/* Dimensions, then the elements. */
hash128
hash_array(const content_type *content, Datum value)
{
	ArrayType *const array = DatumGetArrayTypeP(value);
	const int dimensions = ARR_NDIM(array);
	Datum *elements;
	bool *nulls;
	int count;
	StringInfoData buffer;

	deconstruct_array(array, ARR_ELEMTYPE(array), content->length, content->by_value,
					  content->alignment, &elements, &nulls, &count);
	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, reinterpret_cast<const char *>(&dimensions), sizeof(int));
	for (const int *bound : {ARR_DIMS(array), ARR_LBOUND(array)})
		appendBinaryStringInfo(&buffer, reinterpret_cast<const char *>(bound),
							   static_cast<int>(sizeof(int)) * dimensions);
	for (int i = 0; i < count; i++)
	{
		const hash128 hash = hash_content(content->element, elements[i], nulls[i]);

		appendBinaryStringInfo(&buffer, reinterpret_cast<const char *>(&hash), sizeof(hash));
	}
	return hash_bytes(buffer.data, buffer.len);
}

hash128
hash_composite(Datum value, content_mode mode)
{
	HeapTupleHeader const header = DatumGetHeapTupleHeader(value);
	TupleDesc const descriptor =
		lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
	HeapTupleData tuple;
	auto *const values = static_cast<Datum *>(palloc(sizeof(Datum) * descriptor->natts));
	auto *const nulls = static_cast<bool *>(palloc(sizeof(bool) * descriptor->natts));
	StringInfoData buffer;

	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = header;
	heap_deform_tuple(&tuple, descriptor, values, nulls);
	initStringInfo(&buffer);
	for (int i = 0; i < descriptor->natts; i++)
	{
		const FormData_pg_attribute &att = *TupleDescAttr(descriptor, i);

		if (att.attisdropped)
			continue;

		const hash128 hash = hash_content(content_of(att.atttypid, mode), values[i], nulls[i]);

		appendBinaryStringInfo(&buffer, reinterpret_cast<const char *>(&hash), sizeof(hash));
	}
	ReleaseTupleDesc(descriptor);
	return hash_bytes(buffer.data, buffer.len);
}

/* What there is of the two bounds. */
hash128
hash_range(const content_type *content, const RangeType *range)
{
	TypeCacheEntry *const type = lookup_type_cache(RangeTypeGetOid(range), TYPECACHE_RANGE_INFO);
	RangeBound bounds[2];
	bool empty;
	StringInfoData buffer;

	range_deserialize(type, range, &bounds[0], &bounds[1], &empty);
	initStringInfo(&buffer);
	appendStringInfoChar(&buffer, static_cast<char>(empty));
	for (const RangeBound &bound : bounds)
	{
		const bool has_value = !empty && !bound.infinite;
		const hash128 hash = hash_content(content->element, has_value ? bound.val : 0, !has_value);

		appendStringInfoChar(&buffer, static_cast<char>(bound.infinite));
		appendStringInfoChar(&buffer, static_cast<char>(bound.inclusive));
		appendBinaryStringInfo(&buffer, reinterpret_cast<const char *>(&hash), sizeof(hash));
	}
	return hash_bytes(buffer.data, buffer.len);
}

hash128
hash_multirange(const content_type *content, const MultirangeType *value)
{
	TypeCacheEntry *const type =
		lookup_type_cache(MultirangeTypeGetOid(value), TYPECACHE_MULTIRANGE_INFO);
	RangeType **ranges;
	int32 count;

	multirange_deserialize(type->rngtype, value, &count, &ranges);

	auto *const hashes = static_cast<hash128 *>(palloc(sizeof(hash128) * Max(count, 1)));

	for (int32 i = 0; i < count; i++)
		hashes[i] = hash_range(content->element, ranges[i]);
	return hash_bytes(hashes, sizeof(hash128) * count);
}

} // namespace

bool
is_image(const content_type *content)
{
	return content->how == content_type::form::image;
}

hash128
hash_content(const content_type *content, Datum value, bool null)
{
	auto *const output = const_cast<FmgrInfo *>(&content->output);

	check_stack_depth();
	if (null)
		return hash_image(content->att, value, true);
	switch (content->how)
	{
		case content_type::form::image:
			return hash_image(content->att, value, false);
		case content_type::form::array:
			return hash_array(content, value);
		case content_type::form::composite:
			return hash_composite(value, content->mode);
		case content_type::form::range:
			return hash_range(content, DatumGetRangeTypeP(value));
		case content_type::form::multirange:
			return hash_multirange(content, DatumGetMultirangeTypeP(value));
		case content_type::form::binary_output:
		{
			bytea *const bytes = SendFunctionCall(output, value);

			return hash_bytes(VARDATA(bytes), VARSIZE(bytes) - VARHDRSZ);
		}
		case content_type::form::presence:
			return hash_bytes("", 0);
		case content_type::form::text_output:
			break;
	}

	const char *const text = OutputFunctionCall(output, value);

	return hash_bytes(text, strlen(text));
}

const content_type **
content_of_row(TupleDesc descriptor, content_mode mode)
{
	auto **const types =
		static_cast<const content_type **>(palloc0(sizeof(void *) * Max(descriptor->natts, 1)));

	for (int i = 0; i < descriptor->natts; i++)
	{
		const FormData_pg_attribute &att = *TupleDescAttr(descriptor, i);

		if (!att.attisdropped && (mode == content_mode::portable || att.attgenerated == '\0'))
			types[i] = content_of(att.atttypid, mode);
	}
	return types;
}

hash128
hash_row(const content_type *const *types, int count, const Datum *values, const bool *nulls)
{
	auto *const hashes = static_cast<hash128 *>(palloc(sizeof(hash128) * Max(count, 1)));
	size_t used = 0;

	for (int i = 0; i < count; i++)
	{
		if (types[i])
			hashes[used++] = hash_content(types[i], values[i], nulls[i]);
	}

	const hash128 hash = hash_bytes(hashes, sizeof(hash128) * used);

	pfree(hashes);
	return hash;
}

} // namespace migsafe
