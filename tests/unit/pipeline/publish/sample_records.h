// SPDX-License-Identifier: EUPL-1.2
//
// Records and a form with every field type, for the tests of publish. All persons are invented.
#pragma once

#include "pipeline/forms/form.h"
#include "pipeline/model/record.h"

namespace postkamer::test {

// One field of every type, named after the type.
forms::Form every_type_form();

// A record of that form: everything filled, one field in doubt.
Record filled_record();

// A letter no form explains.
Record unknown_record();

// A record with random content in every member; the same for the same seed.
Record random_record(unsigned seed);

}  // namespace postkamer::test
