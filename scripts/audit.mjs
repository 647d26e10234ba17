/**
 * `npm audit` of the production packages. Exits with 1 for a known vulnerability that is high or critical. A registry
 * without advisories, or without an answer, is reported but does not fail the check: it says nothing about the
 * packages.
 */
import { spawnSync } from 'node:child_process'

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8', timeout: 120_000 })

/** Counts by severity; undefined: no answer. */
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
    `npm audit: ${total} known vulnerabilities in the production packages, ${high + critical} of them high or critical`,
  )
  if (high + critical > 0) {
    console.log('run npm audit --omit=dev, and update the packages that it lists')
    process.exitCode = 1
  }
}
