import {isLosslessNumber, isSafeNumber} from 'lossless-json';
import {showValue} from './show.js';
import {OMITTED, UnfitValue} from './values.js';

/** A filter of liquid, whatever its arguments. */
export type Filter = (this: unknown, value: unknown, ...rest: unknown[]) => unknown;

/** The filters that compute with numbers of a double. */
export const ARITHMETIC: readonly string[] = [
  'abs',
  'at_least',
  'at_most',
  'ceil',
  'divided_by',
  'floor',
  'minus',
  'modulo',
  'plus',
  'round',
  'times',
];

/** A date filter that reads one instant out of a value or refuses it: `now`, and every guess, would make another request than was meant. */
export function datesOnly(filter: Filter): Filter {
  return function (value, ...rest) {
    return isNothing(value) ? value : filter.call(this, toInstant(value), ...rest);
  };
}

/** An arithmetic filter that refuses what is no number, where it would count it as 0, and more digits than a double holds. */
export function exactOnly(filter: Filter): Filter {
  return function (...operands) {
    if (operands[0] === OMITTED) return OMITTED;
    for (const operand of operands) {
      if (typeof operand === 'number') continue;
      const text = typeof operand === 'string' || isLosslessNumber(operand) ? String(operand).trim() : '';
      if (!NUMBER.test(text)) throw new UnfitValue(`${showValue(operand)} is no number to compute with`);
      if (!isSafeNumber(text, {approx: true}))
        throw new UnfitValue(`${showValue(text)} has more digits than arithmetic keeps`);
    }
    return filter.apply(this, operands);
  };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === OMITTED;
}

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s?(Z|[+-]\d\d:?\d\d)?)?$/i;
const EPOCH_SECONDS = /^\d{9,10}(\.\d+)?$/;

/** ISO 8601, in UTC where no zone is given, or seconds since 1970: what can be read in one way only. */
function toInstant(value: unknown): string {
  const text = String(value).trim();
  if (text === 'now' || text === 'today') throw new UnfitValue(`"${text}" is another moment at every resume`);
  if (EPOCH_SECONDS.test(text)) return new Date(Number(text) * 1000).toISOString();
  const [, year, month, day, time = '00:00', zone = 'Z'] = ISO.exec(text) ?? [];
  const instant = Date.parse(
    `${year}-${month}-${day}T${time}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2').toUpperCase()}`,
  );
  const there = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  if (there && !Number.isNaN(instant)) return new Date(instant).toISOString();
  throw new UnfitValue(
    `${showValue(value)} is no date such as 2026-03-29 or 2026-03-29T01:30:00+02:00, and no seconds since 1970`,
  );
}
