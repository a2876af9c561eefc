import {Flags} from '@oclif/core';

/** Of what document --operation names an operation: in `run` and `plan`. */
export const openapiFlag = Flags.string({
  helpGroup: 'REQUEST',
  helpValue: 'FILE',
  description: 'OpenAPI 3.0 or 3.1 document whose --operation the columns fill, and by whose schema rows are checked',
  exclusive: ['request', 'count'],
});
