import fc from 'fast-check';

/**
 * What the property tests draw is the same each time, so that a change is judged by what it changed and not by the luck of a draw. `SEED=random`
 * draws anew, and `SEED=<number>` what a failure printed.
 */
const {SEED = '1'} = process.env;
if (SEED !== 'random') fc.configureGlobal({...fc.readConfigureGlobal(), seed: Number(SEED)});
