import {assert} from 'chai';
import {requestDigest, requestHash} from '../../src/requests/digest.js';

const request = {method: 'POST', url: 'https://a.b/c', headers: {a: '1', b: '2'}, body: '{}'};

describe('requestDigest', () => {
  it('is 8 hex digits, the same for the same request', () => {
    assert.match(requestDigest(request), /^[0-9a-f]{8}$/);
    assert.equal(requestDigest(request), requestDigest({...request, headers: {b: '2', a: '1'}}));
    assert.equal(requestHash(request).slice(0, 8), requestDigest(request));
  });

  // A journal of yesterday is read by the program of today.
  it('does not change from version to version', () => assert.equal(requestDigest(request), '38cf7a72'));

  for (const [name, other] of [
    ['method', {method: 'PUT'}],
    ['URL', {url: 'https://a.b/d'}],
    ['header', {headers: {a: '1', b: '3'}}],
    ['number of headers', {headers: {a: '1'}}],
    ['body', {body: '{ }'}],
    ['lack of a body', {body: undefined}],
    ['empty body', {body: ''}],
  ] as const) {
    it(`tells requests apart by their ${name}`, () =>
      assert.notEqual(requestHash(request), requestHash({...request, ...other})));
  }

  it('tells no body from an empty one', () => {
    assert.notEqual(requestHash({...request, body: undefined}), requestHash({...request, body: ''}));
  });
});
