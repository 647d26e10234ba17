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
import type { Principal } from '../operations/principal.ts'
import { commandUser } from './arguments.ts'
import type { Given } from './command.ts'
import type { deadLettersDiscard, deadLettersList, deadLettersRetry, deadLettersShow } from './commands/dead-letters.ts'
import { letterGroupId, letterId } from './dead-letter-ids.ts'
import { changeFilter, checkDiscarded, checkRetried, limitOf, listFilter, rateOf } from './dead-letter-options.ts'
import { groupLine, letterLine, letterText, previewText } from './dead-letter-text.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform, onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { withProgress } from './progress.ts'
import { UsageError } from './usage-error.ts'

/** Maximum number of dead letters that one command changes. */
const MOST = 10_000

const NONE = 'no dead letters match these options'

export async function listDeadLettersCommand(given: Given<typeof deadLettersList>): Promise<void> {
  const [asked, limit] = [listFilter(given), limitOf(given, 500)]
  await onTables(async (operations) => {
    const by = commandUser()
    const choice = { ...asked, group: await letterGroupId(operations, by, asked.group) }
    if (given.group) {
      const { groups, complete } = await countDeadLetters(operations, by, choice)
      if (given.json) return console.log(JSON.stringify({ groups, complete }))
      return printList(groups, groupLine, NONE)
    }
    const { items, next } = await listDeadLetters(operations, by, { choice, limit, after: given.after ?? null })
    if (given.json) return console.log(JSON.stringify({ items, next }))
    printList(items, letterLine, NONE)
    if (next !== null) console.log(`more with --after '${next}'`)
  })
}

export async function showDeadLetterCommand(given: Given<typeof deadLettersShow>): Promise<void> {
  const by = commandUser(undefined, given.showPersonal)
  await onPlatform(async (operations) => {
    const shown = await showDeadLetter(operations, by, await letterId(operations, by, given.id))
    if (given.asTest) return void process.stdout.write(deadLetterAsTest(shown, shown.event))
    if (given.raw && shown.masked) {
      throw new UsageError('the original contains personal data; add --show-personal to write it')
    }
    if (given.raw) return void process.stdout.write(Buffer.from(shown.original.value ?? '', 'base64'))
    console.log(given.json ? JSON.stringify(shown) : letterText(shown))
  })
}

export async function retryDeadLettersCommand(given: Given<typeof deadLettersRetry>): Promise<void> {
  // Checks the options before opening connections, to report mistakes at once.
  checkRetried(given)
  const many = given.ids.length > 0 ? null : toMany(given)
  const rate = rateOf(given)
  if (given.preview) return await preview(given)
  const { force, reason = null, remap, json } = given
  const by = commandUser(given.by)
  const wish = { force, reason, remap }
  await noted(by, { what: 'dead-letters retry', target: targetOf(given.ids) }, () =>
    onPlatform(async (operations) => {
      if (many === null) {
        return await each(operations, by, given, 'retried', (id) => retryDeadLetter(operations, by, { id, ...wish }))
      }
      const choice = { ...many.choice, group: await letterGroupId(operations, by, many.choice.group) }
      const done = await withProgress('retrying', json, (report) =>
        retryDeadLetters(operations, by, { ...many, choice, ...wish, rate, progress: countTo(report) }),
      )
      printMany('retried', given, done)
    }),
  )
}

export async function discardDeadLettersCommand(given: Given<typeof deadLettersDiscard>): Promise<void> {
  const reason = checkDiscarded(given)
  const many = given.ids.length > 0 ? null : toMany(given)
  const by = commandUser(given.by)
  await noted(by, { what: 'dead-letters discard', target: targetOf(given.ids) }, () =>
    onPlatform(async (operations) => {
      if (many === null) {
        // Checks all ids together, because the confirmation gives their number.
        const ids = await Promise.all(given.ids.map((id) => letterId(operations, by, id)))
        await assertDiscards(operations, by, ids, given.yes)
        return await each(operations, by, given, 'discarded', (id) =>
          discardDeadLetter(operations, by, { id, reason, confirm: true }),
        )
      }
      const choice = { ...many.choice, group: await letterGroupId(operations, by, many.choice.group) }
      const done = await withProgress('discarding', given.json, (report) =>
        discardDeadLetters(operations, by, { ...many, choice, reason, confirm: given.yes, progress: countTo(report) }),
      )
      printMany('discarded', given, done)
    }),
  )
}

type Many = Given<typeof deadLettersRetry> | Given<typeof deadLettersDiscard>

function toMany(given: Many) {
  return { choice: changeFilter(given), limit: limitOf(given, MOST), dryRun: given.dryRun }
}

const countTo = (report: (text: string) => void) => (handled: number, of: number) => report(`${handled} of ${of}`)

async function preview({
  ids: [begun = ''],
  showPersonal,
  remap,
  json,
}: Given<typeof deadLettersRetry>): Promise<void> {
  const by = commandUser(undefined, showPersonal)
  await onPlatform(async (operations) => {
    const id = await letterId(operations, by, begun)
    const shown = await previewDeadLetter(operations, by, { id, remap })
    console.log(json ? JSON.stringify(shown) : previewText(shown))
  })
}

function printMany(verb: string, { dryRun, json }: Many, { done, skipped, more }: ManyDone): void {
  if (json) {
    console.log(JSON.stringify({ dry_run: dryRun, done, skipped, more }))
    return
  }
  for (const { id, code, message } of skipped) console.log(`left ${id}: ${code}: ${message}`)
  console.log(
    `${dryRun ? 'would be ' : ''}${verb}: ${done.length}${more ? '; there may be more: repeat the command' : ''}`,
  )
}

/** Tries every id, then throws the first error. */
async function each(
  operations: OperationDeps,
  by: Principal,
  { ids, json }: Many,
  verb: string,
  act: (id: string) => Promise<unknown>,
): Promise<void> {
  const done: string[] = []
  const errors: unknown[] = []
  for (const begun of ids) {
    try {
      const id = await letterId(operations, by, begun)
      await act(id)
      done.push(id)
      if (!json) console.log(`${verb} ${id}`)
    } catch (error) {
      errors.push(error)
    }
  }
  if (json && done.length > 0) console.log(JSON.stringify({ done }))
  if (errors.length > 0) throw errors[0]
}
