import {LiquidError} from 'liquidjs';
import {isLosslessNumber, LosslessNumber, parse, stringify} from 'lossless-json';
import {showSafe, showValue} from './show.js';

/** A value that does not fit where the request puts it. `code` says where; the row and its place are added where the request is built. */
export class UnfitValue extends Error {
  readonly code: UnfitCode;

  constructor(message: string, code: UnfitCode = 'VALUE_INVALID') {
    super(message);
    this.code = code;
  }
}

export type UnfitCode = 'VALUE_INVALID' | 'URL_INVALID' | 'HEADER_INVALID' | 'BODY_INVALID';

/** Runs `render`, and gives the code to whatever does not fit in it; liquid's own errors are said in our words. */
export function coded<T>(code: UnfitCode, render: () => T): T {
  try {
    return render();
  } catch (error) {
    throw unfitOf(error, code) ?? error;
  }
}

/** Runs what reads one expression, and names the expression in whatever does not fit. */
export function inExpression<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const unfit = unfitOf(error, 'VALUE_INVALID');
    throw unfit ? new UnfitValue(`${showSafe(source)}: ${unfit.message}`) : error;
  }
}

function unfitOf(error: unknown, code: UnfitCode): UnfitValue | undefined {
  if (error instanceof RangeError) return new UnfitValue('it is nested too deeply to be written', code);
  if (error instanceof UnfitValue) return new UnfitValue(error.message, code);
  if (!LiquidError.is(error)) return undefined;
  const cause = (error as LiquidError & {readonly originalError?: unknown}).originalError;
  if (cause instanceof UnfitValue) return new UnfitValue(cause.message, code);
  const missing = /^undefined variable: (.*?)(, line:\d+, col:\d+)?$/.exec(error.message)?.[1];
  return new UnfitValue(missing ? `there is no ${showValue(missing)} in this row` : showSafe(error.message), code);
}

/** What `| optional` yields where a row has no value: whatever the expression fills is left out. No other filter can take it for text. */
export const OMITTED = {
  toString(): string {
    throw new UnfitValue('"| optional" stands before a filter that changes text, expected behind it');
  },
};

/** `{{ phone | optional }}`: an empty cell, or a member that the row does not have, is left out. `null` is a value. */
export function toOptional(value: unknown): unknown {
  return value === undefined || value === '' ? OMITTED : value;
}

/** What a value looks like inside text: text as it is, nothing for null, JSON for objects and lists. Numbers keep their digits. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined || value === OMITTED) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && !isLosslessNumber(value)) return jsonOf(value);
  return String(value);
}

/** A value as JSON. A number that a double cannot hold keeps its digits. */
export function jsonOf(value: unknown): string {
  return stringify(value) ?? 'null';
}

export const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** `{{ age | number }}`: the number a text spells, digit for digit. */
export function toNumber(value: unknown): unknown {
  if (typeof value === 'number' || isLosslessNumber(value) || value === OMITTED) return value;
  if (typeof value === 'string' && JSON_NUMBER.test(value)) return new LosslessNumber(value);
  throw new UnfitValue(`${showValue(value)} is not a number as JSON writes it`);
}

/** `{{ active | boolean }}`. */
export function toBoolean(value: unknown): unknown {
  if (typeof value === 'boolean' || value === OMITTED) return value;
  const word = String(value ?? '').toLowerCase();
  if (['true', 'yes', '1'].includes(word)) return true;
  if (['false', 'no', '0'].includes(word)) return false;
  throw new UnfitValue(`${showValue(value)} is neither true nor false`);
}

/** `{{ tags | json }}`: the JSON that a text holds. Values that are not text are JSON already. */
export function toJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return parse(value);
  } catch {
    throw new UnfitValue(`${showValue(value)} is not JSON (to send it as text, leave out "| json")`);
  }
}
