/**
 * `npm audit` of what production installs. Ends with 1 for a known weakness that is high or critical. A registry that has no
 * advisories, or does not answer, is reported and fails nothing: it says nothing about the packages.
 */
import { spawnSync } from 'node:child_process'

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8', timeout: 120_000 })

/** Counts by severity; undefined: there was no answer. */
function counts() {
  try {
    return JSON.parse(stdout).metadata?.vulnerabilities
  } catch {
    return undefined
  }
}

const found = counts()
if (found === undefined) {
  console.log('npm audit: not checked, the registry gives no advisories here')
} else {
  const { high = 0, critical = 0, total = 0 } = found
  console.log(
    `npm audit: ${total} known weaknesses in the packages of production, ${high + critical} of them high or critical`,
  )
  if (high + critical > 0) {
    console.log('run npm audit --omit=dev, and update what it names')
    process.exitCode = 1
  }
}
