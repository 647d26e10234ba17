import type { Command, Given } from '../../src/cli/command.ts'
import { commandFirst } from '../../src/cli/command-line.ts'
import { createProgram } from '../../src/cli/program.ts'

export interface ParsedLine {
  readonly name: string
  readonly given: Readonly<Record<string, unknown>>
}

/** Words as a shell makes them of a line; `waldstream` before them is left out. */
export function wordsOf(line: string): readonly string[] {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
  return words[0] === 'waldstream' ? words.slice(1) : words
}

/** The command that a line selects, with its operands and options; null: it prints help. Throws for wrong use. */
export async function parseLine(line: string): Promise<ParsedLine | null> {
  let found: ParsedLine | null = null
  const program = createProgram(async ({ name }, given) => {
    found = { name, given }
  })
  await program.parseAsync([...commandFirst(wordsOf(line))], { from: 'user' })
  return found
}

/** As `parseLine`, for a line of this command. */
export async function parseFor<C extends Command>(command: C, line: string): Promise<Given<C>> {
  const parsed = await parseLine(line)
  if (parsed?.name !== command.name) throw new Error(`${line} is ${parsed?.name}, not ${command.name}`)
  return parsed.given as Given<C>
}
