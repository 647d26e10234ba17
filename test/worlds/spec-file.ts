import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Folder beside the project with what vendors publish; the project itself does not contain it. */
const SHARED = new URL('../../../shared/', import.meta.url)

/** A file of a vendor's public specification; `undefined` where the machine has no `../shared` (CI always has it). */
export function specFile(path: string): string | undefined {
  const file = fileURLToPath(new URL(`specs/${path}`, SHARED))
  if (existsSync(file)) return file
  const message = `Nothing is compared with the vendor's specification: ${file} does not exist`
  if (process.env['CI'] !== undefined || existsSync(SHARED)) throw new Error(message)
  console.warn(message)
  return undefined
}
