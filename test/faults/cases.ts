import {crash} from './crash.js';
import {damage} from './damage.js';
import {disk} from './disk.js';
import {limits} from './limits.js';
import {locks} from './locks.js';
import {network} from './network.js';
import {outputs} from './outputs.js';
import {scale} from './scale.js';
import type {Case} from './stage.js';
import {streams} from './streams.js';

/** Every case that is played from outside, the most dangerous first. */
export const CASES: readonly Case[] = [
  ...crash,
  ...disk,
  ...damage,
  ...locks,
  ...network,
  ...streams,
  ...limits,
  ...outputs,
  ...scale,
];
