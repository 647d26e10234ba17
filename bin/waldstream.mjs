#!/usr/bin/env node
/**
 * The `waldstream` command: in a checkout from the sources as they are, in the package from what was compiled of them.
 * Under a Node that is too old it goes on in the one that the packages bring.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const WANTED_NODE = 24
const main = [new URL('../src/cli/main.ts', import.meta.url), new URL('../dist/cli/main.js', import.meta.url)].find(
  existsSync,
)
if (main === undefined) fail('files of Waldstream are missing: install it again')

/** The Node of the packages: that of this machine, or that of installations before, wherever npm has put it. */
function packagedNode() {
  const { resolve } = createRequire(import.meta.url)
  for (const name of [`node-${process.platform}-${process.arch}`, 'node']) {
    try {
      const node = join(dirname(resolve(`${name}/package.json`)), 'bin', 'node')
      if (existsSync(node)) return node
    } catch {
      // Not installed.
    }
  }
  return undefined
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function runWithPackagedNode() {
  const node = packagedNode()
  if (node === undefined) {
    fail(
      `waldstream needs Node ${WANTED_NODE} and this is ${process.versions.node}: install Node ${WANTED_NODE}, or the optional packages, which have it`,
    )
  }
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

if (Number(process.versions.node.split('.')[0]) >= WANTED_NODE) {
  // What was compiled once is read from the folder for temporary files, where that can be written: half of the time to start.
  module.enableCompileCache()
  process.argv[1] = fileURLToPath(main)
  await import(main.href)
} else {
  runWithPackagedNode()
}
