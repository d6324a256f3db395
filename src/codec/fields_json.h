#pragma once

// The generic half of the codec: any domain value to canonical JSON and back, through `fields`
// (domain/fields.h). One rule keeps the bytes unique: a member that equals zero, false, empty or
// nothing is left out, and so is a struct whose members are all left out; an absent member reads
// as exactly that, whatever its initialiser says. Enums are always written, by name; elements of
// containers and engaged optionals are always written too.
//
// `fields` lists members in ascending order, so writing needs no sorting, and reading is one pass
// that knows what may come next.

#include "codec/fields_read.h"
#include "codec/fields_write.h"
