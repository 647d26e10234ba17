import type { ManyDone } from '../control/dead-letters/create-dead-letters.ts'
import { deadLetterAsTest } from '../operations/dead-letter-as-test.ts'
import {
  assertDiscards,
  countDeadLetters,
  discardDeadLetter,
  discardDeadLetters,
  listDeadLetters,
  previewDeadLetter,
  retryDeadLetter,
  retryDeadLetters,
  showDeadLetter,
} from '../operations/dead-letters.ts'
import type { OperationDeps } from '../operations/dependencies.ts'
import { commandUser } from './arguments.ts'
import {
  type Command,
  changeFilter,
  limitOf,
  listFilter,
  rateOf,
  readCommand,
  USAGE,
  type Values,
} from './dead-letter-options.ts'
import { groupLine, letterLine, letterText, previewText } from './dead-letter-text.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform, onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

/** Dead letters changed by one command at most. */
const MOST = 10_000

const NONE = 'there is no dead letter that these options choose'

export async function deadLettersCommand(args: readonly string[]): Promise<void> {
  const command = readCommand(args)
  if (command === null) return console.log(USAGE)
  const { action, values } = command
  if (action === 'list') return await list(values)
  // Before anything is opened: what is wrong with the options is reported at once.
  const many = action === 'show' || command.ids.length > 0 ? null : toMany(values)
  const rate = rateOf(values)
  if (action === 'show') return await onPlatform((operations) => show(operations, command))
  if (values.preview) return await onPlatform((operations) => preview(operations, command))
  const by = commandUser(values.by)
  const change = { what: `dead-letters ${action}`, target: targetOf(command.ids) }
  const act = async (operations: OperationDeps) => {
    const wish = { force: values.force, reason: values.reason ?? null, remap: values.remap }
    const reason = wish.reason ?? ''
    const isRetry = action === 'retry'
    if (many !== null) {
      const retried = () => retryDeadLetters(operations, by, { ...many, ...wish, rate })
      const done = await (isRetry
        ? retried()
        : discardDeadLetters(operations, by, { ...many, reason, confirm: values.yes }))
      return printMany(action, values, done)
    }
    // All of them at once: who is asked hears how many they are.
    if (!isRetry) await assertDiscards(operations, by, command.ids, values.yes)
    await each(command, async (id) => {
      if (isRetry) await retryDeadLetter(operations, by, { id, ...wish })
      else await discardDeadLetter(operations, by, { id, reason, confirm: true })
    })
  }
  await noted(by, change, () => onPlatform(act))
}

function toMany(values: Values) {
  return { choice: changeFilter(values), limit: limitOf(values, MOST), dryRun: values['dry-run'] }
}

async function list(values: Values): Promise<void> {
  const choice = listFilter(values)
  const limit = limitOf(values, 500)
  await onTables(async (operations) => {
    if (values.group) {
      const { groups, complete } = await countDeadLetters(operations, commandUser(), choice)
      if (values.json) return console.log(JSON.stringify({ groups, complete }))
      return printList(groups, groupLine, NONE)
    }
    const wanted = { choice, limit, after: values.after ?? null }
    const { items, next } = await listDeadLetters(operations, commandUser(), wanted)
    if (values.json) return console.log(JSON.stringify({ items, next }))
    printList(items, letterLine, NONE)
    if (next !== null) console.log(`more with --after '${next}'`)
  })
}

async function show(operations: OperationDeps, { ids: [id = ''], values }: Command): Promise<void> {
  const shown = await showDeadLetter(operations, commandUser(undefined, values['show-personal']), id)
  if (values['as-test']) return void process.stdout.write(deadLetterAsTest(shown, shown.event))
  if (values.raw && shown.masked) {
    throw new UsageError('the original says something of a person; add --show-personal to write it', USAGE)
  }
  if (values.raw) return void process.stdout.write(Buffer.from(shown.original.value ?? '', 'base64'))
  console.log(values.json ? JSON.stringify(shown) : letterText(shown))
}

async function preview(operations: OperationDeps, { ids: [id = ''], values }: Command): Promise<void> {
  const by = commandUser(undefined, values['show-personal'])
  const shown = await previewDeadLetter(operations, by, { id, remap: values.remap })
  console.log(values.json ? JSON.stringify(shown) : previewText(shown))
}

function printMany(action: string, values: Values, { done, skipped, more }: ManyDone): void {
  const dry_run = values['dry-run']
  if (values.json) {
    console.log(JSON.stringify({ dry_run, done, skipped, more }))
    return
  }
  for (const { id, code, message } of skipped) console.log(`left ${id}: ${code}: ${message}`)
  const verb = action === 'retry' ? 'retried' : 'discarded'
  console.log(`${dry_run ? 'would be ' : ''}${verb}: ${done.length}${more ? '; there may be more: ask again' : ''}`)
}

/** Every id is tried; the first failure is thrown when all were. */
async function each({ action, ids, values }: Command, act: (id: string) => Promise<void>): Promise<void> {
  const done: string[] = []
  const errors: unknown[] = []
  for (const id of ids) {
    try {
      await act(id)
      done.push(id)
      if (!values.json) console.log(`${action === 'retry' ? 'retried' : 'discarded'} ${id}`)
    } catch (error) {
      errors.push(error)
    }
  }
  if (values.json && done.length > 0) console.log(JSON.stringify({ done }))
  if (errors.length > 0) throw errors[0]
}
