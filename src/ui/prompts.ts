import {input, select} from '@inquirer/prompts';
import type {Ask} from './init.js';

/** Asks at the terminal. Ctrl-C ends the program, as everywhere. */
export const askAtTerminal: Ask = {
  text: (message, initial) => input({message, ...(initial !== undefined && {default: initial}), required: true}),
  choice: (message, choices, initial) =>
    select({message, choices: choices.map((value) => ({value})), pageSize: 12, ...(initial && {default: initial})}),
};
