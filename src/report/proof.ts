import type {JournalRecord, State} from '../journal/record.js';

/**
 * Why a row was sent again. `certain`: what was sent before was certainly not executed. `repeatable`: it may have been, and the request may be
 * repeated, or the profile says so. `decided`: it was in doubt or failed, and somebody decided to send it again.
 */
export type Resend = 'certain' | 'repeatable' | 'decided';

/** What the records of a run prove, or what in them contradicts itself. Made by `openProof`, moved on by `prove`. */
export type Proof = {
  readonly rows: number;
  readonly states: Uint8Array;
  /** Rows whose attempt has begun and has no outcome yet. */
  readonly open: Set<number>;
  /** By row: the number of its last attempt, and on what ground it may be sent again. */
  readonly attempts: Uint32Array;
  readonly grounds: Uint8Array;
  readonly resent: Record<Resend, number>;
  /** Rows that are ok on the word of a person, not of an answer. */
  readonly byHand: Set<number>;
  readonly faults: string[];
  faultCount: number;
};

/** The last one is skipped for its key: a row before it failed, and it may be sent again with that one. */
const STATES = ['pending', 'ok', 'failed', 'in-doubt', 'skipped', 'skipped'] as const satisfies readonly State[];
const [PENDING, OK, FAILED, IN_DOUBT, SKIPPED, KEY_STOPPED] = [0, 1, 2, 3, 4, 5] as const;
const GROUNDS = ['certain', 'repeatable', 'decided'] as const satisfies readonly Resend[];
const CODES = {ok: OK, failed: FAILED, unk: IN_DOUBT, skipped: SKIPPED, skip: SKIPPED, not: PENDING, retry: PENDING};
/** So many contradictions are named. */
const NAMED = 10;

/** Nothing is proven yet: all rows are pending. */
export function openProof(rows: number): Proof {
  return {
    rows,
    states: new Uint8Array(rows + 1),
    open: new Set(),
    attempts: new Uint32Array(rows + 1),
    grounds: new Uint8Array(rows + 1),
    resent: {certain: 0, repeatable: 0, decided: 0},
    byHand: new Set(),
    faults: [],
    faultCount: 0,
  };
}

/**
 * Takes one more record, in the order of the journal, and holds it against what was known of its row: nothing is sent while it is settled or
 * in doubt, nothing is settled twice, and nothing is ok without an answer. It shares no code with the fold that the run counts by.
 */
export function prove(proof: Proof, record: JournalRecord): void {
  if (record.t === 'O') opened(proof);
  if (record.t !== 'i' && record.t !== 'o' && record.t !== 'd' && record.t !== 'q') return;
  if (record.op < 1 || record.op > proof.rows) fault(proof, `row ${record.op}: the input has ${proof.rows} rows`);
  else if (record.t === 'i') sent(proof, record);
  else if (record.t === 'o') ended(proof, record);
  else if (record.t === 'q') probed(proof, record);
  else decided(proof, record);
}

/** How many rows are in each state. Every row is in exactly one: there is one number for each. */
export function tally({states, rows}: Proof): Readonly<Record<State, number>> {
  const counted = {pending: 0, ok: 0, failed: 0, 'in-doubt': 0, skipped: 0};
  for (let row = 1; row <= rows; row++) counted[STATES[states[row]!]!] += 1;
  return counted;
}

/** The session that sent them is dead: what became of its last attempts nobody can say. */
export function opened(proof: Proof): void {
  for (const row of proof.open) proof.states[row] = IN_DOUBT;
  proof.open.clear();
}

function sent(proof: Proof, {op, n}: JournalRecord & {t: 'i'}): void {
  const before = proof.attempts[op]!;
  if (proof.open.has(op)) fault(proof, `row ${op}: attempt ${n} was sent before attempt ${before} had ended`);
  else if (proof.states[op] !== PENDING)
    fault(proof, `row ${op}: attempt ${n} was sent while it was ${nameOf(proof, op)}`);
  else if (n !== before + 1) fault(proof, `row ${op}: attempt ${n} follows attempt ${before}`);
  if (before > 0) proof.resent[GROUNDS[proof.grounds[op]!]!] += 1;
  proof.attempts[op] = n;
  proof.open.add(op);
}

function ended(proof: Proof, record: JournalRecord & {t: 'o'}): void {
  const {op, k, n} = record;
  const wasOpen = proof.open.delete(op);
  // A row that was told 401 is pending until others get through, and fails then, without another attempt; one that is left out has none at all.
  const without = k === 'failed' || k === 'skipped' || k === 'unk';
  if (!wasOpen && !without) fault(proof, `row ${op}: an outcome "${k}" of an attempt that was not under way`);
  else if (proof.states[op] !== PENDING && proof.states[op] !== CODES[k])
    fault(proof, `row ${op}: settled as ${k} when it was ${nameOf(proof, op)}`);
  else if (wasOpen && n !== 0 && n !== proof.attempts[op])
    fault(proof, `row ${op}: the outcome of attempt ${n} follows attempt ${proof.attempts[op]}`);
  else if (k === 'ok' && record.st === undefined) fault(proof, `row ${op}: ok without the status of an answer`);
  proof.states[op] = k === 'skipped' && record.e === 'KEY_STOPPED' ? KEY_STOPPED : CODES[k];
  proof.grounds[op] = GROUNDS.indexOf(k === 'not' && record.e === 'backoff' ? 'repeatable' : 'certain');
}

function probed(proof: Proof, {op}: JournalRecord & {t: 'q'}): void {
  if (proof.states[op] !== IN_DOUBT) fault(proof, `row ${op}: probed when it was ${nameOf(proof, op)}`);
}

function decided(proof: Proof, {op, as, by, w, st}: JournalRecord & {t: 'd'}): void {
  const open = proof.open.delete(op);
  const again = as === 'retry' && (proof.states[op] === FAILED || proof.states[op] === KEY_STOPPED);
  if (!open && proof.states[op] !== IN_DOUBT && !again)
    fault(proof, `row ${op}: decided as ${as} when it was ${nameOf(proof, op)}`);
  else if (w !== undefined && proof.states[op] !== FAILED)
    fault(proof, `row ${op}: corrected when it was ${nameOf(proof, op)}`);
  if (by === 'probe' && st === undefined) fault(proof, `row ${op}: ${as} by a probe without the status of an answer`);
  proof.states[op] = CODES[as];
  if (as === 'retry') proof.grounds[op] = GROUNDS.indexOf('decided');
  if (as === 'ok' && by === 'user') proof.byHand.add(op);
  else proof.byHand.delete(op);
}

function nameOf(proof: Proof, row: number): State {
  return STATES[proof.states[row]!]!;
}

function fault(proof: Proof, text: string): void {
  proof.faultCount += 1;
  if (proof.faults.length < NAMED) proof.faults.push(text);
}
