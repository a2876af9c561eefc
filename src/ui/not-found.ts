import type {Hook} from '@oclif/core';
import {EXIT, Problem} from '../problem.js';
import {didYouMean} from '../profiles/nearest.js';

/** What oclif calls with a command that is not there. Throws COMMAND_UNKNOWN (2), and never asks whether another one was meant. */
export const notFound: Hook<'command_not_found'> = async ({id, config}) => {
  const known = config.commands.filter(({hidden}) => !hidden).map((command) => command.id.split(':'));
  const [first = '', second] = id.split(':');
  // What stands behind a command that has others below it is meant for one of them; else it is an argument.
  const inside = second !== undefined && known.some(([topic, below]) => topic === first && below !== undefined);
  const typed = inside ? `${first} ${second}` : first;
  const candidates = known.filter((words) => words.length === (inside ? 2 : 1)).map((words) => words.join(' '));
  const says = `${JSON.stringify(typed)} is not a command${didYouMean(typed, candidates)}`;
  throw new Problem('COMMAND_UNKNOWN', says, `Type: sluice ${inside ? `${first} --help` : 'help'}`, {exit: EXIT.usage});
};
