import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

/** What vendors publish, by vendor: kept with its licence, or fetched by scripts/fetch-specs.ts. */
const SPECS = new URL('../specs/', import.meta.url)

/** Whether a file is there; where it is not, what needs it is skipped by its name: `npm run specs` fetches it. */
export function hasSpecFile(path: string): boolean {
  const file = fileURLToPath(new URL(path, SPECS))
  return existsSync(`${file}.gz`) || existsSync(file)
}

/** A file of a vendor's public specification; undefined where it was not fetched. */
export function readSpecFile(path: string): string | undefined {
  if (!hasSpecFile(path)) return undefined
  const file = fileURLToPath(new URL(path, SPECS))
  if (existsSync(`${file}.gz`)) return gunzipSync(readFileSync(`${file}.gz`)).toString()
  return readFileSync(file, 'utf8')
}
