import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const PLACES = ['/usr/bin/php', '/usr/local/bin/php', '/opt/homebrew/bin/php']

/** Where this machine has PHP: the one that `PHP` names, or the system's. */
const path = process.env['PHP'] ?? PLACES.find(existsSync)

const HOW = 'no PHP: "apt-get install php-cli php-curl php-sqlite3" brings one, PHP names another'

/** PHP, and what it can load. */
export interface Php {
  readonly path: string
  readonly extensions: readonly string[]
}

/** Undefined: its tests count as skipped. In CI there has to be one. */
export const php: Php | undefined = path === undefined ? undefined : { path, extensions: extensionsOf(path) }
if (php === undefined) {
  if (process.env['CI']) throw new Error(HOW)
  console.warn(`${HOW}; tests of the PHP kit are skipped`)
}

function extensionsOf(program: string): readonly string[] {
  const { stdout, status } = spawnSync(program, ['-m'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} does not run`)
  return stdout.split('\n').map((line) => line.trim().toLowerCase())
}

const PHPUNIT_PLACES = ['/usr/bin/phpunit', '/usr/local/bin/phpunit']

/** PHPUnit's program. Undefined: its tests count as skipped. Throws in CI where there is none. */
export function findPhpunit(): string | undefined {
  const found = process.env['PHPUNIT'] ?? PHPUNIT_PLACES.find(existsSync)
  if (php === undefined || found !== undefined) return found
  const way = 'no PHPUnit: "apt-get install phpunit" brings one, PHPUNIT names another'
  if (process.env['CI']) throw new Error(way)
  console.warn(`${way}; the tests of the Magento module are skipped`)
  return undefined
}
