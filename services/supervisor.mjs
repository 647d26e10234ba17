/**
 * Keeps the Java servers as its children and stops them when its standard input closes. The pipe closes however the
 * process at its other end goes away, SIGKILL included, so no server outlives the process that started it. Requests
 * arrive as JSON lines, one server each; reports are sent back the same way.
 */
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { createInterface } from 'node:readline'

const GRACE_MS = 10_000
const children = new Map()
let ending = false

/** @param {object} message */
function report(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

/** @param {{ id: string, command: string, args: string[], env: Record<string, string>, cwd: string, logFile: string }} request */
function start({ id, command, args, env, cwd, logFile }) {
  const log = openSync(logFile, 'a')
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', log, log] })
  closeSync(log)
  children.set(id, child)
  child.once('spawn', () => report({ id, pid: child.pid }))
  const gone = (outcome) => {
    children.delete(id)
    report({ id, ...outcome })
    if (ending && children.size === 0) process.exit(0)
  }
  child.once('error', (error) => gone({ exited: error.message }))
  child.once('exit', (code, signal) => gone({ exited: signal === null ? `exit code ${code}` : signal, code }))
}

function end() {
  if (ending) return
  ending = true
  if (children.size === 0) process.exit(0)
  for (const child of children.values()) child.kill('SIGTERM')
  setTimeout(() => {
    for (const child of children.values()) child.kill('SIGKILL')
  }, GRACE_MS)
}

process.stdout.on('error', end)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end)
createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (!ending) start(JSON.parse(line))
  })
  .on('close', end)
