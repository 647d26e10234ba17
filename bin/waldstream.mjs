#!/usr/bin/env node
/** The `waldstream` command. Under a Node that can't run TypeScript it goes on in the one that the project brings. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const WANTED_NODE = 24
const main = new URL('../src/cli/main.ts', import.meta.url)
/** Where packages have it: that of this machine, and that of installations before. */
const node = [`node-${process.platform}-${process.arch}`, 'node']
  .map((name) => fileURLToPath(new URL(`../node_modules/${name}/bin/node`, import.meta.url)))
  .find(existsSync)

function runWithProjectNode() {
  if (node === undefined) {
    process.stderr.write(
      `waldstream needs Node ${WANTED_NODE} and this is ${process.versions.node}: run npm ci in its folder first\n`,
    )
    process.exit(1)
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
  process.argv[1] = fileURLToPath(main)
  await import(main.href)
} else {
  runWithProjectNode()
}
