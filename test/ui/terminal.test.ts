import {assert} from 'chai';
import {terminalOf} from '../../src/ui/terminal.js';

describe('terminalOf', () => {
  for (const {name, isTTY, env, terminal} of [
    {name: 'a terminal has bars and colours', isTTY: true, env: {TERM: 'xterm'}, terminal: {tty: true, color: true}},
    {name: 'NO_COLOR leaves the bars', isTTY: true, env: {NO_COLOR: '1'}, terminal: {tty: true, color: false}},
    {name: 'an empty NO_COLOR is none', isTTY: true, env: {NO_COLOR: ''}, terminal: {tty: true, color: true}},
    {name: 'a dumb terminal gets lines', isTTY: true, env: {TERM: 'dumb'}, terminal: {tty: false, color: false}},
    {name: 'a pipe gets lines', isTTY: false, env: {TERM: 'xterm'}, terminal: {tty: false, color: false}},
  ])
    it(name, () => assert.deepEqual(terminalOf({isTTY}, env), terminal));
});
