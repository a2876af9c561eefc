import {createHash} from 'node:crypto';
import type {LimitRule} from '../limits/ledger.js';
import {duplicateProblem, makeIds} from '../operations/ids.js';
import type {Operation, RecordPlace, Row} from '../operations/operation.js';
import {parseOperation, type Roles} from '../operations/parse.js';
import {makePlaces, type Places} from '../operations/places.js';
import {type BadRow, isBadRow, openRowFile, readRows} from '../operations/read.js';
import type {Input} from '../operations/source.js';
import {Problem} from '../problem.js';
import type {Limit} from '../profiles/profile.js';
import {buildRequest, type RequestSetting} from '../requests/build.js';
import type {Request} from '../requests/request.js';
import {type Alike, openAlike} from './alike.js';
import {Lanes} from './lanes.js';
import {openLine} from './line.js';
import type {Part} from './line-up.js';
import {LaneRows} from './rows.js';
import type {Sequence} from './sequence.js';

/** Ranges of row numbers, from 1, ends included. */
export type RowRanges = readonly (readonly [from: number, to: number])[];

/** Whether a row is in one of the ranges; without ranges every row is. */
export function inRanges(row: number, ranges: RowRanges | undefined): boolean {
  return ranges === undefined || ranges.some(([from, to]) => row >= from && row <= to);
}

/** How an input is to be read: whose columns play which part, and what becomes of a row. */
export type Reading = {
  readonly input: Input;
  readonly roles: Roles;
  readonly setting: RequestSetting;
  /** Which rows may be put in line; the others are only checked, or, where `checked` already, only counted. */
  readonly wanted: (row: number) => boolean;
  /** Asked of each wanted row once its request is known: whether it is put in line. */
  readonly accept: (row: number, request: Request) => boolean;
  /** What a row that is not put in line is to those behind it. */
  readonly partOf: (row: number) => Part;
  /** The rows behind a failed one of their key are skipped. */
  readonly stopKeys: boolean;
  /** The rows were checked when the run began, so those that are not wanted are not looked at again. */
  readonly checked: boolean;
  /** Nothing is sent: how many rows stand in each lane is kept, and which only where some wait for others.. */
  readonly onlyCounted?: boolean;
  /** Told of each row that cannot be sent, in file order. After a `fatal` one nothing could be read any more. */
  readonly onBad: (place: RecordPlace, problem: Problem, fatal: boolean) => void;
  /** Told now and then how many bytes have been read. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
};

/** The whole input, checked and put in line: some 30 bytes a row, however long the rows are. */
export type Intake = {
  readonly rows: number;
  readonly bad: number;
  readonly places: Places;
  readonly lanes: Lanes;
  readonly lined: LaneRows;
  /** Whose turn it is; undefined where no row waits for another. */
  readonly sequence: Sequence | undefined;
  /** SHA-256 of the plain bytes. */
  readonly sha256: string;
  readonly bytes: number;
  /** The first requests that are put in line, for a look before anything is sent. */
  readonly preview: readonly Request[];
  /** The credentials that the rows' operations ask for by name. */
  readonly credentials: ReadonlySet<string>;
  /** Rows without an id that ask for what an earlier one asks for already; undefined where there are none. */
  readonly alike: Alike | undefined;
  /** Rows in line that no limit speaks of, though the profile has limits; the first of them, and what it asks for. */
  readonly unlimited: {readonly rows: number; readonly first: number; readonly request: string} | undefined;
};

const PREVIEWED = 3;
/** So many duplicates of `id` are named; who has more has a column that is no id. */
const DUPLICATES_SHOWN = 5;

/** Reads every row of the input once: checks it, finds its lane and its place. A row that cannot be sent goes to `onBad` and into no lane. */
export async function takeIn(reading: Reading): Promise<Intake> {
  const {input, setting, checked, onBad} = reading;
  const hash = createHash('sha256');
  let bytes = 0;
  const places = makePlaces();
  const lanes = openLanes(setting.profile.limits);
  const lined = new LaneRows();
  const line = openLine(reading, lanes, lined);
  const ids = makeIds();
  const alike = openAlike();
  const preview: Request[] = [];
  const credentials = new Set<string>();
  let unlimited: Intake['unlimited'];
  let bad = 0;
  const refuse = (place: RecordPlace, problem: Problem, fatal = false) => {
    bad += 1;
    onBad(place, problem, fatal);
  };
  const tap = (chunk: Uint8Array) => {
    hash.update(chunk);
    bytes += chunk.length;
    reading.onBytes?.(bytes);
  };
  // Of ten million rows that are settled only the places are needed.
  const skip = (place: RecordPlace) => {
    places.add(place);
    return checked && !line.looks && !reading.wanted(place.row);
  };
  for await (const row of readRows(input, tap, skip)) {
    reading.signal?.throwIfAborted();
    const wanted = reading.wanted(row.place.row);
    if (checked && !wanted) {
      line.pass(row, reading.partOf(row.place.row));
      continue;
    }
    const built = build(row, reading);
    if (built instanceof Problem) {
      refuse(row.place, built, isBadRow(row) && row.fatal);
      line.pass(row, 'failed');
      continue;
    }
    const {operation, request} = built;
    if (!checked) {
      ids.add(operation.id, row.place.row);
      if (operation.id === String(row.place.row)) alike.add(request, row.place.row);
    }
    if (request.credential !== undefined) credentials.add(request.credential);
    if (!wanted || !reading.accept(row.place.row, request)) {
      line.pass(row, reading.partOf(row.place.row));
      continue;
    }
    if (preview.length < PREVIEWED) preview.push(request);
    line.join(operation, lanes.laneOf(request.buckets, row.place.row));
    if (request.buckets.length === 0) unlimited = countUnlimited(unlimited, row.place.row, request);
  }
  if (!checked) refuseDuplicates(reading, ids, places, refuse);
  const sequence = line.close();
  return {
    rows: places.count,
    bad,
    places,
    lanes,
    lined,
    sequence,
    sha256: hash.digest('hex'),
    bytes,
    preview,
    credentials,
    unlimited: setting.profile.limits.length > 0 ? unlimited : undefined,
    alike: checked ? undefined : findAlike(reading, alike, places),
  };
}

function countUnlimited(before: Intake['unlimited'], row: number, {method, url}: Request): Intake['unlimited'] {
  return before
    ? {...before, rows: before.rows + 1}
    : {rows: 1, first: row, request: `${method} ${new URL(url).pathname}`};
}

/** The lanes of a profile's limits: those with a key have a bucket for each of its values. */
export function openLanes(limits: readonly Limit[]): Lanes {
  return new Lanes(
    limits as readonly LimitRule[],
    limits.map(({per}) => per.length > 0),
  );
}

/** The operation of one row and its request, or what is wrong with it. */
export function build(
  row: Row | BadRow,
  {input, roles, setting}: Pick<Reading, 'input' | 'roles' | 'setting'>,
): {operation: Operation; request: Request} | Problem {
  if (isBadRow(row)) return row.problem;
  try {
    const operation = parseOperation(row, input, roles);
    return {operation, request: buildRequest(operation, setting)};
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** The rows that share an id with an earlier one. Nobody knows which of them is meant, and they stand in line already: none can be left out. */
function refuseDuplicates(
  {input, roles}: Reading,
  ids: ReturnType<typeof makeIds>,
  places: Places,
  refuse: (place: RecordPlace, problem: Problem, fatal: boolean) => void,
): void {
  const file = openRowFile(input);
  try {
    const idOf = (row: number) => parseOperation(file.at(places.at(row)), input, roles).id;
    const found = ids.duplicates(idOf, DUPLICATES_SHOWN);
    if (found.length > 0)
      refuse(
        places.at(found[0]!.row),
        duplicateProblem(found, input, (row) => places.at(row), ids.repeats()),
        true,
      );
  } finally {
    file.close();
  }
}

function findAlike(reading: Reading, alike: ReturnType<typeof openAlike>, places: Places): Alike | undefined {
  const file = openRowFile(reading.input);
  try {
    return alike.found((row) => {
      const built = build(file.at(places.at(row)), reading);
      return built instanceof Problem ? undefined : built.request;
    });
  } finally {
    file.close();
  }
}
