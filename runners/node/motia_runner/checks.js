'use strict';
/**
 * The last word on an input before its handler: the core's verdict, then the author's own schemas where the core could
 * not check all of them. In (b) the handler gets what the schemas made of the input, in (a) the input with its defaults.
 * Converts no schema: step.js has.
 */
const { validationError } = require('./errors');

/** What the handler returns. Rejects with the one validation error, or logs it where the rule is `warn`. */
async function check(run, params, verdict, input, context) {
  const { step } = run;
  const { trigger, validation = step.validation } = params;
  if (verdict !== null) throw validationError(Array.isArray(verdict) ? verdict : (verdict.issues ?? []));
  const broken = [];
  const tolerated = [];
  for (const [part, look] of step.checks) {
    // The core's rule is about what it checks too: the body or the data. Of other parts the step's own rule holds.
    const main = part === '' || part === 'body';
    const rule = main ? validation : step.validation;
    if (rule === 'off' || (part === 'body' && isBodiless(params.input))) continue;
    const { issues, value } = await look(part === '' ? input : input[part]);
    if (issues !== undefined) (rule === 'warn' ? tolerated : broken).push(...(main ? issues : within(part, issues)));
    else if (part === '') input = value;
    else if (value !== input[part]) replace(input, part, value);
  }
  if (broken.length > 0) throw validationError(broken);
  if (tolerated.length > 0) run.log('warn', `the input of ${step.name} breaks its schema`, { issues: tolerated });
  return step.handle(input, context, run, trigger);
}

/** A request whose missing body is no mistake. */
function isBodiless({ bodyKind = 'none', method }) {
  return bodyKind === 'none' && ['GET', 'HEAD', 'OPTIONS', 'DELETE'].includes(method);
}

function within(part, issues) {
  return issues.map((issue) => ({ ...issue, path: issue.path === '' ? part : `${part}.${issue.path}` }));
}

/** The parsed part of a request, under each of its names. Headers stay: a schema names only those it cares for. */
function replace(request, part, value) {
  if (part !== 'headers') request[part] = value;
  if (part === 'query') request.queryParams = value;
  if (part === 'params') request.pathParams = value;
}

module.exports = { check };
