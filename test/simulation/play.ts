import type {Exchange} from '../../src/exchange.js';
import {counts, stateOf} from '../../src/journal/states.js';
import {type Case, keysOf, profileFor, refsOf} from './case.js';
import {type Client, type ClientRules, openClient, openJournal} from './client.js';
import {Events, instant} from './events.js';
import {openProvider, type Seen} from './provider.js';
import {seeded} from './random.js';
import {BEGIN, takeTime} from './virtual-time.js';
import {drawFate} from './wire.js';

/** One attempt as it happened. `heldMs`: from its start to when the time of its windows began to run, were they all rolling. */
export type Attempt = {readonly key: number; readonly startedAt: number; readonly heldMs: number};

/** What came of one case. */
export type Played = {
  readonly attempts: readonly Attempt[];
  readonly seen: Seen;
  /** Rows without a final state at the end. */
  readonly unsettled: number;
  /** Why it ended before its last row. */
  readonly stopped: string | undefined;
  readonly beganAt: number;
  readonly endedAt: number;
};

/** More events than this for each row, and it goes round in a circle. */
const EVENTS_PER_ROW = 500;

/** Plays a case from its first row to its last on virtual time. Nothing in it depends on anything but the case. */
export function play(each: Case): Played {
  const time = takeTime();
  try {
    return new Playing(each, time).run();
  } finally {
    time.giveBack();
  }
}

class Playing {
  readonly #case: Case;
  readonly #time: {set(at: number): void};
  readonly #events = new Events();
  readonly #random: () => number;
  readonly #provider;
  readonly #keys: readonly number[];
  readonly #rules: ClientRules;
  readonly #attempts: Attempt[] = [];
  #now = BEGIN;
  /** Which session goes on; what an earlier one waited for ends in nothing. */
  #session = 0;
  #client: Client | undefined;
  #wakeAt = Number.POSITIVE_INFINITY;
  /** Connections of a killed session are cut: what has not arrived when the next begins never does. */
  #cutAt = Number.NEGATIVE_INFINITY;

  constructor(each: Case, time: {set(at: number): void}) {
    this.#case = each;
    this.#time = time;
    this.#random = seeded(each.seed);
    this.#provider = openProvider(each.provider);
    this.#keys = keysOf(each, this.#random);
    this.#now = instant(BEGIN + this.#random() * 10_000);
    this.#rules = {
      profile: profileFor(each),
      timeoutMs: each.wire.timeoutMs,
      pacing: each.pacing,
      repeatable: each.repeatable,
      refsOf: (row) => refsOf(each, this.#keys[row - 1]!),
      random: seeded(each.seed + 1),
      send: (row, at, end) => this.#send(row, at, end),
    };
  }

  run(): Played {
    const {rows, restarts} = this.#case;
    const beganAt = this.#now;
    const journal = openJournal(rows, this.#rules);
    this.#time.set(this.#now);
    const begin = () => {
      this.#session += 1;
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#client = openClient(journal, this.#rules, this.#now);
    };
    begin();
    const killAt = (n: number) => Math.ceil(((n + 1) / (restarts + 1)) * rows * (0.7 + 0.3 * this.#random()));
    let kills = 0;
    let nextKill = restarts > 0 ? killAt(0) : Number.POSITIVE_INFINITY;
    for (let steps = 0; ; steps++) {
      if (steps > rows * EVENTS_PER_ROW) throw new Error('it goes round in a circle');
      if (this.#client && !this.#client.tools.stop) this.#plan(this.#client.step(this.#now));
      if (this.#client && this.#attempts.length >= nextKill) {
        kills += 1;
        nextKill = kills < restarts ? killAt(kills) : Number.POSITIVE_INFINITY;
        this.#client = undefined;
        this.#session += 1;
        const downMs = instant(50 + this.#random() * 3000);
        this.#events.plan(this.#now + downMs, () => {
          this.#cutAt = this.#now;
          begin();
        });
      }
      const event = this.#events.shift();
      if (!event) break;
      this.#now = event.at;
      this.#time.set(event.at);
      event.act();
    }
    const {standing} = journal;
    let unsettled = 0;
    for (let row = 1; row <= rows; row++) if (stateOf(standing, row) === 'pending') unsettled += 1;
    const stopped = this.#client?.tools.stop?.message;
    const settled = counts(standing);
    if (settled.pending !== unsettled) throw new Error('the counts of the journal differ from its states');
    return {attempts: this.#attempts, seen: this.#provider.seen, unsettled, stopped, beganAt, endedAt: this.#now};
  }

  #plan(until: number): void {
    const at = instant(until);
    if (at >= this.#wakeAt || at === Number.POSITIVE_INFINITY) return;
    this.#wakeAt = at;
    this.#events.plan(at, () => {
      if (this.#wakeAt === at) this.#wakeAt = Number.POSITIVE_INFINITY;
    });
  }

  #send(row: number, startedAt: number, end: (at: number, exchange: Exchange) => void): void {
    const {later} = this.#case;
    const wire = later && this.#attempts.length >= later.from ? later.wire : this.#case.wire;
    const session = this.#session;
    const key = this.#keys[row - 1]!;
    const {arrivesMs, endsMs, answered} = drawFate(wire, this.#random);
    const heldMs = endsMs + (answered ? 0 : wire.timeoutMs);
    this.#attempts.push({key, startedAt, heldMs});
    let exchange: Exchange = {kind: 'unanswered', error: 'ECONNRESET', message: 'read ECONNRESET', timedOut: false};
    if (arrivesMs !== undefined) {
      this.#events.plan(startedAt + arrivesMs, () => {
        if (session !== this.#session && this.#now >= this.#cutAt && this.#client) return;
        const {status, headers} = this.#provider.arrive(key, this.#now);
        if (answered) exchange = {kind: 'answered', response: {status, headers, body: '', bodyLost: false}};
      });
    }
    this.#events.plan(startedAt + endsMs, () => {
      if (session === this.#session) end(this.#now, exchange);
    });
  }
}
