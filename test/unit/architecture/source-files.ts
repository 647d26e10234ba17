import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { SourceFile } from './layer-rules.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** The files of a folder of the project. */
export function sourceFiles(folder: string): readonly SourceFile[] {
  return readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
    .map((path) => ({ path, text: readFileSync(ROOT + path, 'utf8') }))
}

/** A file that was never written. */
export const file = (path: string, text: string): SourceFile => ({ path, text })
