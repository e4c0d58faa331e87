// SPDX-License-Identifier: EUPL-1.2
//
// Days: ISO dates and the days on which a Dutch government office is closed. Whose clock says what
// day it is, is not known here.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace postkamer {

using Day = std::chrono::sys_days;

// "2026-05-03" -> that day. Nothing for any other way of writing and for days that do not exist.
std::optional<Day> iso_day(std::string_view text);
// The inverse, for years 0 to 9999.
std::string iso_text(Day day);

// Easter Sunday of the Gregorian calendar: the algorithm of Meeus, Jones and Butcher (J. Meeus,
// "Astronomical Algorithms", 1991, ch. 8), right for every year from 1583 on.
Day easter_sunday(int year);

// The public holidays of the Algemene termijnenwet, article 3: New Year's Day, Easter Monday,
// Ascension Day, Whit Monday, both days of Christmas, the King's birthday (27 April, or the 26th
// where that is a Sunday; 2014 on), 5 May, and by its second paragraph Good Friday.
bool is_public_holiday(Day day);

// No Saturday, Sunday or public holiday.
bool is_working_day(Day day);
// `day` itself when it is a working day, else the first one after it.
Day working_day_from(Day day);

}  // namespace postkamer
