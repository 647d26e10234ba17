import { CommanderError } from 'commander'
import { toStreamError } from '../errors.ts'
import { commandFirst, jsonBehind, selected } from './command-line.ts'
import { complete } from './complete.ts'
import { escapePrinted } from './escape-printed.ts'
import { handlers } from './handlers.ts'
import { createProgram } from './program.ts'
import { UsageError } from './usage-error.ts'

async function main(words: readonly string[]): Promise<number> {
  // Called by completion scripts, not by people.
  if (words[0] === 'complete') {
    for (const { word, about } of complete(words.slice(words[1] === '--' ? 2 : 1))) console.log(`${word}\t${about}`)
    return 0
  }
  const program = createProgram(async (command, given) => await handlers.get(command.name)?.(given))
  if (words.length === 0) {
    console.error(program.helpInformation())
    return 2
  }
  try {
    await program.parseAsync(commandFirst(words), { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const known = error instanceof CommanderError ? new UsageError(error.message.replace(/^error: /, '')) : error
    report(known, words)
    return known instanceof UsageError ? 2 : 1
  }
}

function report(error: unknown, words: readonly string[]): void {
  const { code, message, field = null } = toStreamError(error)
  if (words.includes('--json')) {
    console.error(JSON.stringify({ error: { code, message, field } }))
    return
  }
  console.error(code === 'unexpected' ? error : `${code}: ${message}`)
  const command = error instanceof UsageError ? selected(words) : null
  if (command !== null) console.error(`"waldstream ${command} --help" prints its options and examples`)
}

escapePrinted(console)
const code = await main(jsonBehind(process.argv.slice(2)))
// Keeps an exit code that a successful command set, such as `status`.
if (code !== 0) process.exitCode = code
