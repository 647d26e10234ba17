/**
 * Downloads the official documents listed in test/specs/bigcommerce.json, at their commit, to test/specs/bigcommerce:
 * their license does not allow including them in this project. `--from <folder>`: copies them from a clone of the
 * repository instead. Files with another digest are refused. Tests without their document are skipped, and say so.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const SPECS = fileURLToPath(new URL('../test/specs/', import.meta.url))
const TIMEOUT_MS = 30_000

interface Manifest {
  readonly repository: string
  readonly commit: string
  /** SHA-256 by path. */
  readonly files: Readonly<Record<string, string>>
}

const { values } = parseArgs({ options: { from: { type: 'string' } } })
const manifest = JSON.parse(readFileSync(join(SPECS, 'bigcommerce.json'), 'utf8')) as Manifest
const isRight = (content: Buffer, digest: string) => createHash('sha256').update(content).digest('hex') === digest

async function get(path: string): Promise<Buffer> {
  if (values.from !== undefined) return readFileSync(join(values.from, path))
  const url = `https://raw.githubusercontent.com/${manifest.repository}/${manifest.commit}/${path}`
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
  return Buffer.from(await answer.arrayBuffer())
}

const missing: string[] = []
for (const [path, digest] of Object.entries(manifest.files)) {
  const file = join(SPECS, 'bigcommerce', path)
  if (existsSync(file) && isRight(readFileSync(file), digest)) continue
  try {
    const content = await get(path)
    if (!isRight(content, digest)) throw new Error('it is not the document of that commit')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  } catch (error) {
    missing.push(`${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
const count = Object.keys(manifest.files).length
console.log(`${count - missing.length} of ${count} documents of ${manifest.repository} are in test/specs/bigcommerce`)
for (const one of missing) console.log(`missing, so its tests are skipped: ${one}`)
if (missing.length > 0) process.exitCode = 1
