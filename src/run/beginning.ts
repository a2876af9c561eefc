import {now} from '../clock.js';
import {counts, type Standing} from '../journal/states.js';
import {landFlights} from '../limits/change.js';
import type {Ledger} from '../limits/ledger.js';
import {announcesEnds, type Foreseen, foresee, type InLine} from '../schedule/foresee.js';
import type {Intake} from '../schedule/intake.js';
import {type Eta, openEta} from './eta.js';
import type {Tools} from './tools.js';
import type {Beginning} from './view.js';

/** What a response is taken to need before any has come. */
const EXPECTED_LATENCY_MS = 100;
/** Playing a million rows ahead takes a second; with more than these the pace has to do. */
const FORESEEN_ROWS = 2_000_000;
/** While the run goes on, answers wait for it. */
const FORESEEN_ROWS_LIVE = 300_000;

/** What there is to do, and how it stands. */
type Work = {readonly intake: Pick<Intake, 'lanes' | 'lined' | 'sequence'>; readonly standing: Standing};

/** Where the session begins, and how it is expected to go: its plan, played with the windows as they are now. */
export function beginningOf({intake, standing}: Work, tools: Tools): Beginning {
  const at = now();
  const {lanes} = intake;
  const waiting = lanes.counts();
  const total = sum(waiting);
  const foreseen = total <= FORESEEN_ROWS ? play(intake, structuredClone(tools.ledger), tools, at) : undefined;
  return {at, settled: settledOf(standing), lanes, counts: waiting, eta: openEta(foreseen, {total, beganAt: at})};
}

/** What is left is played again, under what holds from now on: what was foreseen before is not to be believed any more. */
export function etaAnew({intake, standing}: Work, tools: Tools, begun: Beginning): Eta {
  const at = now();
  const lined = sum(intake.lanes.counts());
  const ledger = structuredClone(tools.ledger);
  landFlights(ledger, at);
  const foreseen =
    lined <= FORESEEN_ROWS_LIVE ? play({...intake, underWay: tools.histories.keys()}, ledger, tools, at) : undefined;
  const eta = openEta(foreseen, {total: lined + tools.delayed.size + tools.inFlight, beganAt: at});
  const doneBefore = settledOf(standing) - begun.settled;
  return (done, when) => eta(done - doneBefore, when);
}

function play(line: InLine & Pick<Intake, 'lanes'>, ledger: Ledger, {profile}: Tools, at: number): Foreseen {
  const {lanes} = line;
  const waiting = lanes.counts();
  const holding = lanes.holding();
  const conditions = {startAt: at, latencyMs: EXPECTED_LATENCY_MS, fixedEnds: announcesEnds(profile)};
  const foreseen = foresee(lanes, ledger, conditions, line);
  lanes.restore(waiting, holding);
  return foreseen;
}

function settledOf(standing: Standing): number {
  return standing.rows - counts(standing).pending;
}

function sum(waiting: Uint32Array): number {
  return waiting.reduce((total, count) => total + count, 0);
}
