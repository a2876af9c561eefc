import type {Operation, Row} from '../operations/operation.js';
import {type Roles, readTurn, turnColumns} from '../operations/parse.js';
import type {BadRow} from '../operations/read.js';
import {columnsOf, type Input} from '../operations/source.js';
import {unknownColumn} from '../requests/asked.js';
import type {Lanes} from './lanes.js';
import {enter, openLineUp, type Part} from './line-up.js';
import type {LaneRows} from './rows.js';
import type {Sequence} from './sequence.js';

/** Where the rows of an input line up, in the order in which they are read; each of them is told to `pass` or to `join`. */
export type Line = {
  /** Whether rows that are passed have to be read: others may stand behind them. */
  readonly looks: boolean;
  /** It is not sent in this session, but others may stand behind it. */
  pass(row: Row | BadRow, part: Part): void;
  join(operation: Operation, lane: number): void;
  /** Throws COLUMN_UNKNOWN (2) when `--key` or `--phase` names what no row of an NDJSON file has. */
  close(): Sequence | undefined;
};

/** Where no column tells whose turn it is, rows stand in their lanes at once, and nothing more is kept of them. */
export function openLine(
  {
    input,
    roles,
    stopKeys,
    checked,
    onlyCounted = false,
  }: {
    readonly input: Input;
    readonly roles: Roles;
    readonly stopKeys: boolean;
    readonly checked: boolean;
    readonly onlyCounted?: boolean;
  },
  lanes: Lanes,
  lined: LaneRows,
): Line {
  const columns = columnsOf(input);
  const named = Object.entries(turnColumns(roles)).filter(([, column]) => column !== undefined) as [string, string][];
  if (!named.some(([, column]) => columns?.includes(column) ?? true))
    return {
      looks: false,
      pass: () => {},
      join: ({place}, lane) => (onlyCounted ? lanes.add(lane) : enter(place.row, lane, lanes, lined)),
      close: () => undefined,
    };
  const lineUp = openLineUp({stop: stopKeys});
  let unseen = checked || roles.kind === 'operations' ? [] : named;
  let members: readonly string[] = [];
  const look = ({values = {}}: {readonly values?: Row['values']}) => {
    if (unseen.length === 0) return;
    if (members.length === 0) members = Object.keys(values);
    unseen = unseen.filter(([, column]) => values[column] === undefined);
  };
  return {
    looks: true,
    pass(row, part) {
      look(row);
      const {place, values = {}} = row;
      lineUp.add(place.row, readTurn({place, values}, input, roles), part);
    },
    join(operation, lane) {
      look(operation);
      lined.assign(operation.place.row, lane);
      lineUp.add(operation.place.row, operation, 'line');
    },
    close() {
      const [first] = unseen;
      if (first && members.length > 0) throw unknownColumn(`--${first[0]} `, first[1], members);
      return lineUp.close(lanes, lined);
    },
  };
}
