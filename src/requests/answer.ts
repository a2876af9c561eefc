import type {Response} from '../exchange.js';
import type {AnswerRule} from '../profiles/profile.js';
import {wholeCharacters} from './show.js';

/** How much of a provider's own explanation is kept. */
const WHY_LENGTH = 300;

/** A response with its body as JSON, read at most once, and only if somebody asks. */
export type Answer = Response & {readonly json: () => unknown};

/** Wraps a response, so that its body is parsed once for all the rules. A body that is not JSON has no JSON. */
export function answerOf(response: Response): Answer {
  let parsed: {readonly value: unknown} | undefined;
  const json = () => {
    parsed ??= {value: parseOrUndefined(response.body)};
    return parsed.value;
  };
  return {...response, json};
}

const JSON_TYPE = /^\s*(application|text)\/([\w.-]+\+)?json\s*(;|$)/i;

/** Whether its end never came, or it calls itself JSON and is none, as when something on its way has cut or replaced it. */
export function isBodyLost(answer: Answer): boolean {
  if (answer.bodyLost || answer.body.trim() === '') return answer.bodyLost;
  return JSON_TYPE.test(answer.headers['content-type'] ?? '') && answer.json() === undefined;
}

/**
 * The first rule all of whose members hold. `status` is a number or a class (`4xx`); `body` stands somewhere in the body, upper and lower
 * case alike; `json` compares what JSON pointers find, `true` meaning: is there; `header` stands somewhere in the header's value, a number as a
 * whole one.
 */
export function matchingRule<Rule extends AnswerRule>(rules: readonly Rule[], answer: Answer): Rule | undefined {
  return rules.find((rule) => matches(rule, answer));
}

function matches({status, body, json, header}: AnswerRule, answer: Answer): boolean {
  if (status && !status.some((pattern) => statusMatches(pattern, answer.status))) return false;
  if (body !== undefined && !answer.body.toLowerCase().includes(body.toLowerCase())) return false;
  for (const [pointer, expected] of Object.entries(json ?? {})) {
    if (!valueMatches(atPointer(answer.json(), pointer), expected)) return false;
  }
  for (const [name, expected] of Object.entries(header ?? {})) {
    const value = answer.headers[name.toLowerCase()];
    if (value === undefined || !standsIn(value.toLowerCase(), expected.toLowerCase())) return false;
  }
  return true;
}

// Of `x-ratelimit-remaining: 4990` nobody means the 0 at its end.
function standsIn(value: string, expected: string): boolean {
  return /^\d+$/.test(expected) ? new RegExp(`(?<![\\d.])${expected}(?![\\d.])`).test(value) : value.includes(expected);
}

function statusMatches(pattern: string, status: number): boolean {
  return /^\dxx$/i.test(pattern) ? pattern[0] === String(Math.floor(status / 100)) : pattern === String(status);
}

// A code that is 400311 here and "400311" there is the same code.
function valueMatches(found: unknown, expected: unknown): boolean {
  if (expected === true) return found !== undefined;
  if (found === null || typeof found === 'object' || typeof expected === 'object') {
    return JSON.stringify(found) === JSON.stringify(expected);
  }
  return (
    found === expected || (found !== undefined && typeof found !== 'boolean' && String(found) === String(expected))
  );
}

/** The policies that a body of type `problem+json` names as violated (IETF rate limit headers, draft 10), or none. */
export function violatedPolicies(answer: Answer): readonly string[] {
  if (!answer.headers['content-type']?.toLowerCase().includes('problem+json')) return [];
  const found = atPointer(answer.json(), '/violated-policies');
  return Array.isArray(found) ? found.filter((name) => typeof name === 'string') : [];
}

/** What a JSON pointer (RFC 6901) finds, or undefined. Only members of the value itself count. */
export function atPointer(value: unknown, pointer: string): unknown {
  if (pointer === '') return value;
  let found = value;
  for (const token of pointer.replace(/^\//, '').split('/')) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

const WHY_POINTERS = [
  '/message',
  '/error/message',
  '/error',
  '/errors/0/msg',
  '/errors/0/message',
  '/errors/0',
  '/messages/0/message',
];
const MORE_WHY_POINTERS = ['/detail', '/error_description', '/title', '/reason', '/msg'];

/** The provider's own explanation, from where bodies usually carry it, else the start of a text; at most 300 characters. */
export function explanation(answer: Answer): string {
  for (const pointer of [...WHY_POINTERS, ...MORE_WHY_POINTERS]) {
    const found = atPointer(answer.json(), pointer);
    if (typeof found === 'string' && found.trim() !== '') return shortened(found);
  }
  const text = answer.body.trim();
  // A page or a body of another shape explains nothing in its first line.
  return text === '' || /^[<{[]/.test(text) ? `HTTP ${answer.status}` : shortened(text.split('\n')[0]!);
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > WHY_LENGTH ? `${wholeCharacters(line, WHY_LENGTH - 1)}…` : line;
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
