#!/usr/bin/env node
// An older Node stops here with a word: what follows it could not even read. So this file is written as Node always was.

function isTooOld(version) {
  return version[0] < 20 || (version[0] === 20 && version[1] < 19);
}

function told(version) {
  return (
    // biome-ignore lint/style/useTemplate: the oldest have none.
    'sluice needs Node 20.19 or newer, and this is Node ' + version + ': type node --version, and install another\n'
  );
}

if (isTooOld(process.versions.node.split('.').map(Number))) {
  process.stderr.write(told(process.versions.node));
  process.exitCode = 2;
} else {
  module.exports = require('./start.js');
}
