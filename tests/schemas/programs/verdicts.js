'use strict';
/**
 * For every schema of the table in every version: what the library says of each value, and what the runner reports.
 * Prints JSON lines. Arguments: the folder of the runner, the folder whose node_modules hold the libraries.
 */
const path = require('node:path');
const { createRequire } = require('node:module');
const { VERSIONS, values } = require('./table');

const [runner, libraries] = process.argv.slice(2);
process.env.MOTIA_PACKAGES = runner;
const { convert } = require(path.join(runner, 'motia_runner', 'schemas.js'));
const lookup = createRequire(path.join(libraries, 'package.json'));
// A promise inside a schema is rejected beside the call that was asked.
process.on('unhandledRejection', () => {});

async function accepts(schema, value) {
  const copy = JSON.parse(JSON.stringify(value));
  try {
    if (schema['~standard'] !== undefined) return (await schema['~standard'].validate(copy)).issues === undefined;
    return (await schema.safeParseAsync(copy)).success;
  } catch {
    return false;
  }
}

async function main() {
  console.log(JSON.stringify(values));
  for (const [version, table] of Object.entries(VERSIONS)) {
    const library = lookup(version);
    const z = library.z ?? library;
    for (const [index, make] of table.entries()) {
      let schema;
      try {
        schema = make(z);
      } catch {
        continue; // Not in this version.
      }
      const { json, accepts: copy, validates, warning } = convert(schema);
      const verdicts = [];
      for (const value of values) verdicts.push(await accepts(schema, value));
      console.log(
        JSON.stringify({
          version,
          index,
          source: String(make),
          json,
          copy: copy ?? json,
          validates,
          warning,
          verdicts,
        }),
      );
    }
  }
}

main();
