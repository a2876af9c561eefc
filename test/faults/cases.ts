import {crash} from './crash.js';
import {damage} from './damage.js';
import {disk} from './disk.js';
import {locks} from './locks.js';
import type {Case} from './stage.js';

/** Every case that is played from outside, the most dangerous first. */
export const CASES: readonly Case[] = [...crash, ...disk, ...damage, ...locks];
