import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Profile} from '../../src/profiles/profile.js';
import {buildRequest} from '../../src/requests/build.js';
import {type Contract, readContract} from '../../src/requests/openapi.js';
import type {Request} from '../../src/requests/request.js';
import {compileTemplate, type TemplateSpec} from '../../src/requests/template.js';
import {sampleOperation, sampleProfile, sampleSetting} from './sample.js';

/** What a document says of an operation. An object is written as JSON. */
export function contractIn(document: object | string, name?: string): Contract {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  try {
    const file = join(folder, 'spec.yaml');
    writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
    return readContract(file, name);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** A document with one operation, `PUT /users/{id}`, whose body has this schema. */
export function documentOf(
  schema: unknown,
  {parameters = [] as unknown[], schemas = {} as object, version = '3.0.3', required = true} = {},
): object {
  return {
    openapi: version,
    paths: {
      '/users/{id}': {
        put: {
          operationId: 'PutUser',
          parameters: [{in: 'path', name: 'id', required: true, schema: {type: 'string'}}, ...parameters],
          ...(schema === undefined ? {} : {requestBody: {required, content: {'application/json': {schema}}}}),
        },
      },
    },
    components: {schemas},
  };
}

/** The request that a document makes of one row; of CSV, whose columns are those of the row, unless they are not known. */
export function requestBy(
  document: object,
  values: Record<string, unknown>,
  {csv = true, profile = {}, ...said}: {csv?: boolean; profile?: Partial<Profile>} & Partial<TemplateSpec> = {},
): Request {
  const known = sampleProfile(profile);
  const spec = {headers: [], contract: contractIn(document, 'PutUser'), ...said};
  const template = compileTemplate(spec, known, csv ? Object.keys(values) : undefined);
  return buildRequest(sampleOperation(values), sampleSetting({profile: known, template}));
}
