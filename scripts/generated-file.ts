import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Writes a generated file; with `--check` on the command line, compares it instead and fails if it differs. */
export function generatedFile(file: URL, text: string): void {
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text)
    return
  }
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return
  console.error(`${relative(process.cwd(), fileURLToPath(file))} does not match its source: run \`npm run generate\``)
  process.exitCode = 1
}
