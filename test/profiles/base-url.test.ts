import {assert} from 'chai';
import {baseUrlFault} from '../../src/profiles/base-url.js';

describe('baseUrlFault', () => {
  for (const url of [
    'https://api.example.com',
    'https://api.example.com/v1/',
    'https://api.example.com:8443/a..b',
    'http://localhost:3000',
    'http://127.0.0.1:8080/v1',
    'http://[::1]:8080',
  ]) {
    it(`lets ${url} pass`, () => assert.isUndefined(baseUrlFault(url)));
  }

  for (const url of [
    '',
    'api.example.com',
    'ftp://api.example.com',
    'https:api.example.com',
    'https:///api.example.com',
    'http://api.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'https://user@api.example.com',
    'https://api.example.com/v1?x=1',
    'https://api.example.com/#top',
    'https://api.example.com/v1/../v2',
    'https://api.example.com/v1/..',
    'https://api.example.com/%2e%2E/v2',
    'https://169.254.169.254',
    'https://2852039166/latest',
    'https://[fe80::1]',
    'https://[::ffff:169.254.169.254]',
    'https://metadata.google.internal',
    'https://api.example.com\\evil',
    'https://api.example.com/ v1',
    'https://api.example.com\n',
  ]) {
    it(`refuses ${JSON.stringify(url)}`, () => assert.isString(baseUrlFault(url)));
  }
});
