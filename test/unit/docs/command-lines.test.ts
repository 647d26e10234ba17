import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseLine } from '../../worlds/command-lines.ts'

const ROOT = new URL('../../../', import.meta.url)
const FENCED = /```(?:sh|bash|console|text)?\n([\s\S]*?)```/g
const CALL = /^(?:\$ )?(?:npx |npm run (?:--silent )?)?waldstream (?:-- )?(.+)$/

interface ShownLine {
  readonly page: string
  readonly line: string
}

/** Command lines in the code of a page, without what a shell does with them; those with placeholders are left out. */
function linesOf(page: string): readonly ShownLine[] {
  const text = readFileSync(new URL(page, ROOT), 'utf8')
  return [...text.matchAll(FENCED)].flatMap(([, code = '']) =>
    code
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .flatMap((shown) => {
        const line = CALL.exec(shown.trim())?.[1]?.split(/ #| \|\|? | > /)[0]
        return line === undefined || /[<…]/.test(line) ? [] : [{ page, line: line.replaceAll("'", '"').trim() }]
      }),
  )
}

const pages = readdirSync(new URL('docs', ROOT), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md') && !name.startsWith('decisions'))
  .map((name) => `docs/${name}`)

it.each(['README.md', ...pages].flatMap(linesOf))('$page: waldstream $line is a command line', async ({ line }) => {
  if (line === '--help') return
  expect(await parseLine(line)).not.toBeNull()
})
