import {Flags} from '@oclif/core';

/** Of a job, which steps: in `run` and `resume`. */
export const onlyFlag = Flags.string({helpValue: 'STEP,STEP', description: 'of a job, these steps alone'});
