import {EXIT, Problem} from '../problem.js';

/**
 * Something that goes wrong with a part (0 to 1) of the requests that the limits let through. `executed`: it goes wrong after the request has been
 * done. `refuse`: a 429 although there is room. `cut`: half of the body of a success.
 */
export type Fault = {readonly name: string; readonly part: number; readonly executed: boolean} & (
  | {readonly kind: 'status'; readonly status: number}
  | {readonly kind: 'reset' | 'hang' | 'refuse' | 'cut'}
);

/** `headers`: answers carry the profile's quota headers. `retryAfter`: refusals carry Retry-After. */
export type Faults = {readonly list: readonly Fault[]; readonly headers: boolean; readonly retryAfter: boolean};

export const NO_FAULTS: Faults = {list: [], headers: true, retryAfter: false};

/** Reads `500=2%,500-after=1%,reset-before=0.5%,no-headers`. Throws FAULT_UNKNOWN (exit 2) and names what may stand there. */
export function parseFaults(text: string): Faults {
  let faults = NO_FAULTS;
  for (const word of text.split(',').map((part) => part.trim())) {
    if (word === '') continue;
    if (word === 'no-headers') faults = {...faults, headers: false};
    else if (word === 'retry-after') faults = {...faults, retryAfter: true};
    else faults = {...faults, list: [...faults.list, parseFault(word)]};
  }
  const sum = faults.list.reduce((total, {part}) => total + part, 0);
  if (sum > 1 + 1e-9)
    throw problem(`the faults add up to ${Number((sum * 100).toPrecision(6))} %, expected at most 100 %`);
  return faults;
}

function parseFault(word: string): Fault {
  const [, name, percent] = /^([a-z0-9-]+)=(\d+(?:\.\d+)?)%$/.exec(word) ?? [];
  if (name === undefined) throw problem(`"${word}" is not a fault, expected one like 500=2%`);
  const part = Number(percent) / 100;
  if (part > 1) throw problem(`"${word}" is more than 100 %`);
  const executed = name.endsWith('-after');
  const base = name.replace(/-(before|after)$/, '');
  switch (base) {
    case 'reset':
    case 'hang':
      return {name, part, kind: base, executed};
    case 'refuse':
      return {name, part, kind: base, executed: false};
    case 'cut':
      return {name, part, kind: base, executed: true};
  }
  if (!/^[3-5]\d\d$/.test(base)) throw problem(`"${name}" is not a fault`);
  return {name, part, kind: 'status', status: Number(base), executed};
}

function problem(message: string): Problem {
  const known =
    '500=2%, 503=1%, 500-after=1%, reset-before, reset-after, hang, hang-after, refuse, cut; no-headers and retry-after alone';
  return new Problem('FAULT_UNKNOWN', message, `Known to --faults: ${known}.`, {exit: EXIT.usage});
}

/** The fault that `roll` (0 up to 1) hits, or none. */
export function hitFault({list}: Faults, roll: number): Fault | undefined {
  let edge = 0;
  for (const fault of list) {
    edge += fault.part;
    if (roll < edge) return fault;
  }
  return undefined;
}
