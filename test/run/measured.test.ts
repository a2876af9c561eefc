import {assert} from 'chai';
import {attemptsBeyond, latenciesOf, type Measured, noteEnded, openMeasured} from '../../src/run/measured.js';

const answered = {kind: 'answered'} as const;
const latencyOf = (measured: Measured, supposedMs: number) => latenciesOf(measured, supposedMs).latencyMs;

describe('noteEnded', () => {
  it('learns the mean of the answers, and what was supposed holds before the first', () => {
    const measured = openMeasured();
    assert.equal(latencyOf(measured, 100), 100);
    for (const ms of [40, 60, 80]) noteEnded(measured, ms, answered);
    assert.equal(latencyOf(measured, 100), 60);
  });

  it('learns by how much they differ, as if all between were equally likely', () => {
    const measured = openMeasured();
    for (let each = 0; each < 200; each++) noteEnded(measured, 20 + ((each * 37) % 161), answered);
    const {latencyMs, spreadMs} = latenciesOf(measured, 100);
    assert.closeTo(latencyMs, 100, 3);
    assert.closeTo(spreadMs, 80, 5);
    assert.equal(latenciesOf(openMeasured(), 100).spreadMs, 0);
  });

  it('follows a provider that has become slower', () => {
    const measured = openMeasured();
    for (let each = 0; each < 1000; each++) noteEnded(measured, 50, answered);
    for (let each = 0; each < 1000; each++) noteEnded(measured, 500, answered);
    assert.closeTo(latencyOf(measured, 100), 500, 5);
  });

  it('begins with what earlier sessions have measured, and soon goes by its own', () => {
    const measured = openMeasured(Array.from({length: 300}, (_, at) => ({at, answeredAt: at + 400})));
    assert.deepEqual([latencyOf(measured, 100), measured.paid], [400, 0]);
    for (let each = 0; each < 100; each++) noteEnded(measured, 50, answered);
    assert.closeTo(latencyOf(measured, 100), 50, 35);
  });

  it('learns nothing of the latency from what was never answered', () => {
    const measured = openMeasured();
    noteEnded(measured, 50, answered);
    noteEnded(measured, 30_000, {kind: 'unanswered'});
    noteEnded(measured, 1, {kind: 'uncounted'});
    assert.equal(latencyOf(measured, 100), 50);
  });
});

describe('attemptsBeyond', () => {
  it('is the part of the attempts that settled no row; what cost no slot is none', () => {
    const measured = openMeasured();
    for (let each = 0; each < 110; each++) noteEnded(measured, 50, answered);
    noteEnded(measured, 50, {kind: 'uncounted'});
    assert.closeTo(attemptsBeyond(measured, 100), 0.1, 1e-9);
    assert.equal(attemptsBeyond(measured, 0), 0);
  });
});
