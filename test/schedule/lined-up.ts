import type {Turn} from '../../src/operations/parse.js';
import {Lanes} from '../../src/schedule/lanes.js';
import {openLineUp, type Part} from '../../src/schedule/line-up.js';
import {LaneRows} from '../../src/schedule/rows.js';

export type Lined = Turn & {readonly part?: Part; readonly lane?: number};

/** Lines rows up in two lanes, and tells what stands in them and what is counted. */
export function linedUp(rows: readonly Lined[], stop = false) {
  const lanes = new Lanes([{name: 'bot', windows: []}], [true]);
  for (const id of [1, 2]) lanes.laneOf([{limit: 0, id, label: `bot ${id}`}], id);
  const lined = new LaneRows();
  const lineUp = openLineUp({stop});
  for (const [index, {part = 'line', lane = 0, ...turn}] of rows.entries()) {
    if (part === 'line') lined.assign(index + 1, lane);
    lineUp.add(index + 1, turn, part);
  }
  const sequence = lineUp.close(lanes, lined);
  const standing = lined.copy();
  const inLane = (lane: number) => {
    const all: number[] = [];
    for (let row = standing.shift(lane); row !== undefined; row = standing.shift(lane)) all.push(row);
    return all;
  };
  return {sequence, lanes, lined, left: [...lanes.counts()], inLane: [inLane(0), inLane(1)]};
}
