// What Vitest's JSON reports say, for .ci/run.
//
//   report.mjs files <first>            the test files to run once more, one per line
//   report.mjs sum <first> [<second>]   "<passed> <failed>", then every failure by name
//
// A file that fails is run once more, alone. What passes then counts as passed, and is named as unsteady with what it
// said the first time: the load of the whole suite on a small machine is not the product's fault, but nobody shall
// overlook it. With more files than a handful, something is broken, and nothing is run again.
import { existsSync, readFileSync } from 'node:fs';

const MOST_FILES_AGAIN = 5;
const MESSAGE_CHARACTERS = 600;

const [, , command, firstPath, secondPath] = process.argv;

/** File -> { passed, failures: name -> message }; undefined without a report. */
function read(path) {
  if (!path || !existsSync(path)) return undefined;
  const files = new Map();
  for (const { name, status, message, assertionResults } of JSON.parse(readFileSync(path)).testResults) {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const failures = new Map(failed.map((test) => [test.fullName, test.failureMessages.join('\n  ')]));
    if (status === 'failed' && failures.size === 0) failures.set('(the file itself)', message);
    files.set(name, { passed: assertionResults.filter((test) => test.status === 'passed').length, failures });
  }
  return files;
}

const first = read(firstPath);
if (!first) {
  if (command === 'sum') process.stdout.write('0 1\nFAILED: npm test left no report\n');
  process.exit();
}
const failing = [...first].filter(([, { failures }]) => failures.size > 0).map(([name]) => name);

if (command === 'files') {
  if (failing.length <= MOST_FILES_AGAIN) process.stdout.write(failing.map((name) => `${name}\n`).join(''));
} else {
  const second = read(secondPath) ?? new Map();
  const lines = [];
  const tell = (word, name, failures) => {
    for (const [test, message] of failures) {
      lines.push(`${word}: ${name}: ${test}\n  ${message.slice(0, MESSAGE_CHARACTERS)}`);
    }
  };
  let passed = 0;
  let failed = 0;
  for (const [name, once] of first) {
    const again = once.failures.size > 0 ? second.get(name) : undefined;
    const counted = again ?? once;
    passed += counted.passed;
    failed += counted.failures.size;
    tell('FAILED', name, counted.failures);
    const onlyOnce = [...once.failures].filter(([test]) => !counted.failures.has(test));
    tell('UNSTEADY (failed once)', name, onlyOnce);
  }
  process.stdout.write(`${[`${passed} ${failed}`, ...lines].join('\n')}\n`);
}
