#!/usr/bin/env node
// `npx motia` and the `motia` of package scripts: starts the Motia that is installed on this machine or in the project.
// Looks in the project's own environments, then in PATH, never at itself; installs nothing. Ends as the command ends.

'use strict'

const { spawn } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const ENVIRONMENTS = ['.venv', 'venv', 'python_modules']

function installed() {
  const own = ENVIRONMENTS.map((name) => path.join(process.cwd(), name, 'bin'))
  const folders = [...own, ...(process.env.PATH ?? '').split(path.delimiter)]
  return folders.map((folder) => path.join(folder, 'motia')).find(isProgram)
}

/** An executable file, but no npm package: neither this one nor the old system's. */
function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    const real = fs.realpathSync(file)
    return fs.statSync(real).isFile() && !file.includes(`${path.sep}node_modules${path.sep}`) && real !== __filename
  } catch {
    return false
  }
}

const program = installed()
if (!program) {
  process.stderr.write('motia: Motia is not installed here; install it with: pip install motia\n')
  process.exit(127)
}
const child = spawn(program, process.argv.slice(2), { stdio: 'inherit' })
process.on('SIGTERM', () => child.kill('SIGTERM'))
// A terminal sends these to the program too; a second SIGINT would cut its drain short.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {})
// npm ends the shell that runs this launcher, and not the launcher: without it the server would live on alone.
const parent = process.ppid
setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 200).unref()
child.on('error', (error) => {
  process.stderr.write(`motia: ${program} cannot be started: ${error.message}\n`)
  process.exit(126)
})
child.on('exit', (code, signal) => process.exit(code ?? 128 + (require('node:os').constants.signals[signal] ?? 0)))
