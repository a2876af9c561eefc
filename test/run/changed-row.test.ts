import {writeFileSync} from 'node:fs';
import {assert} from 'chai';
import {openPlace, type Place, rejection} from './real-run.js';

describe('firstChangedRow', () => {
  let place: Place;
  afterEach(() => place.close());

  it('is named where an input has changed in a row that was sent', async () => {
    place = await openPlace({rows: 3});
    await place.begin({rows: [[2, 2]]});
    const refused = async (changed: string) => {
      writeFileSync(place.file, changed);
      return (await rejection(place.resume())).message;
    };
    assert.match(await refused('n\n1\n7\n3\n'), /; row 2 is the first of those sent that is another$/);
    assert.match(await refused('n\n1\n2\n8\n'), /are now 3 rows with digest \w+…$/);
    assert.lengthOf(place.heard, 1);
  });
});
