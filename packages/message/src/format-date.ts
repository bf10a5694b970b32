/**
 * A moment as mail writes it. Pure arithmetic: a core has no clock and no calendar of the runtime.
 */

const DAY_NAMES = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'] as const;
const MONTH_NAMES = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const;
const SECONDS_A_DAY = 86_400;
/** From 0000-03-01 to 1970-01-01. */
const DAYS_TO_EPOCH = 719_468;
/** Days in the 400 years after which the calendar repeats itself. */
const DAYS_IN_ERA = 146_097;
/** Days before each month of a year that begins in March, so that the leap day comes last. */
const DAYS_BEFORE = [0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337] as const;
/** Minutes that a zone of four digits can say. RFC 5322 §3.3. */
const MAX_OFFSET = 99 * 60 + 59;

/**
 * `Tue, 02 Mar 1999 09:44:33 +0000`, RFC 5322 §3.3: milliseconds since 1970 in UTC, and the minutes that local time is
 * ahead of UTC (east is positive). A moment before 1900 or after 9999, or half a minute of offset, is a `TypeError`.
 */
export function formatDate(epochMs: number, offsetMinutes = 0): string {
  if (!Number.isInteger(offsetMinutes) || Math.abs(offsetMinutes) > MAX_OFFSET) {
    throw new TypeError(`not an offset from UTC in whole minutes: ${offsetMinutes}`);
  }
  const seconds = Math.floor(epochMs / 1000) + offsetMinutes * 60;
  const days = Math.floor(seconds / SECONDS_A_DAY);
  const { year, month, day } = civil(days);
  if (!(year >= 1900 && year <= 9999))
    throw new TypeError(`not a moment between 1900 and 9999: ${epochMs}`);
  const date = `${DAY_NAMES[modulo(days, 7)]}, ${two(day)} ${MONTH_NAMES[month]} ${year}`;
  return `${date} ${timeOfDay(modulo(seconds, SECONDS_A_DAY))} ${zone(offsetMinutes)}`;
}

/** The date of a day counted from 1970-01-01, in the proleptic Gregorian calendar; months count from 0. */
function civil(days: number): { year: number; month: number; day: number } {
  const sinceMarch0 = days + DAYS_TO_EPOCH;
  const era = Math.floor(sinceMarch0 / DAYS_IN_ERA);
  const dayOfEra = modulo(sinceMarch0, DAYS_IN_ERA);
  // Leap days before this one: one in four years, none in a hundred, one again in four hundred.
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = DAYS_BEFORE.findLastIndex((before) => before <= dayOfYear);
  const month = (monthFromMarch + 2) % 12;
  return {
    year: era * 400 + yearOfEra + (month < 2 ? 1 : 0),
    month,
    day: dayOfYear - DAYS_BEFORE[monthFromMarch]! + 1,
  };
}

function timeOfDay(seconds: number): string {
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => two(Math.floor(part)))
    .join(':');
}

function zone(offsetMinutes: number): string {
  const minutes = Math.abs(offsetMinutes);
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
