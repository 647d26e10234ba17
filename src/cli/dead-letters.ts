import { configFromEnvironment } from '../config.ts'
import type { ManyDone } from '../control/dead-letters/create-dead-letters.ts'
import { StreamError } from '../errors.ts'
import { type DeadLetterRow, summaryOf } from '../projections/dead-letter-row.ts'
import { getDeadLetter, groupDeadLetters, listDeadLetters, outcomesOf } from '../projections/list-dead-letters.ts'
import { letterAsTest } from './dead-letter-as-test.ts'
import {
  type Command,
  changeFilter,
  limitOf,
  listFilter,
  rateOf,
  readCommand,
  USAGE,
  type Values,
  whoOf,
} from './dead-letter-options.ts'
import { deadLetterParts } from './dead-letter-parts.ts'
import { groupLine, letterLine, letterText, previewText } from './dead-letter-text.ts'
import { openPlatform, openTables, type Platform } from './platform.ts'

/** Letters changed by one command at most. */
const MOST = 10_000

export async function deadLettersCommand(args: readonly string[]): Promise<void> {
  const command = readCommand(args)
  if (command === null) return console.log(USAGE)
  const { action, values } = command
  if (action === 'list') return await list(values)
  // Before anything is opened: what is wrong with the options is told at once.
  const many = action === 'show' || command.ids.length > 0 ? null : toMany(values)
  const rate = rateOf(values)
  const platform = await openPlatform(configFromEnvironment())
  try {
    if (action === 'show') return await show(platform, command)
    if (values.preview) return await preview(platform, command)
    const { deadLetters } = deadLetterParts(platform)
    const request = { by: whoOf(values), reason: values.reason ?? null, force: values.force }
    const discard = { by: request.by, reason: request.reason ?? '' }
    const isRetry = action === 'retry'
    if (many !== null) {
      const retried = () => deadLetters.retryMany(many, { ...request, rate })
      return printMany(action, values, await (isRetry ? retried() : deadLetters.discardMany(many, discard)))
    }
    const one = async (id: string) =>
      void (await (isRetry ? deadLetters.retry(id, request) : deadLetters.discard(id, discard)))
    await each(command, one)
  } finally {
    await platform.close()
  }
}

function toMany(values: Values) {
  return { filter: changeFilter(values), limit: limitOf(values, MOST), dryRun: values['dry-run'] }
}

async function list(values: Values): Promise<void> {
  const filter = listFilter(values)
  const limit = limitOf(values, 500)
  const { tables, close } = await openTables(configFromEnvironment())
  try {
    if (values.group) {
      const { groups, complete } = await groupDeadLetters(tables, filter)
      if (values.json) return console.log(JSON.stringify({ groups, complete }))
      for (const group of groups) console.log(groupLine(group))
      return
    }
    const { rows, next } = await listDeadLetters(tables, filter, limit, values.after ?? null)
    const outcomes = await outcomesOf(tables, rows)
    const items = rows.map((row) => ({ ...row, outcome: outcomes.get(row.id) ?? null }))
    if (values.json) return console.log(JSON.stringify({ items, next }))
    for (const item of items) console.log(letterLine(item))
    if (next !== null) console.log(`more with --after '${next}'`)
  } finally {
    close()
  }
}

async function rowOf(platform: Platform, { ids: [id = ''] }: Command): Promise<DeadLetterRow> {
  const row = await getDeadLetter(platform.tables, id)
  if (row !== undefined) return row
  throw new StreamError('not_found', `there is no dead letter "${id}"; "waldstream dead-letters list" has the ids`)
}

async function show(platform: Platform, command: Command): Promise<void> {
  const row = await rowOf(platform, command)
  const { original, event, undecodable } = await deadLetterParts(platform).deadLetters.open(row)
  if (command.values['as-test']) return void process.stdout.write(letterAsTest(row, event))
  if (command.values.raw) return void process.stdout.write(original.value ?? Buffer.alloc(0))
  const outcome = (await outcomesOf(platform.tables, [row])).get(row.id) ?? null
  const base64 = (bytes: Buffer | null) => bytes?.toString('base64') ?? null
  const shown = {
    ...summaryOf(row),
    ...{ outcome, event, undecodable },
    original: {
      key: base64(original.key),
      value: base64(original.value),
      headers: original.headers.map(({ key, value }) => ({ key, value: base64(value) })),
    },
    history: row.history,
  }
  console.log(command.values.json ? JSON.stringify(shown) : letterText(shown))
}

async function preview(platform: Platform, command: Command): Promise<void> {
  const row = await rowOf(platform, command)
  const { deadLetters, previewRetry } = deadLetterParts(platform)
  const shown = await previewRetry(row.stage, (await deadLetters.open(row)).original)
  console.log(command.values.json ? JSON.stringify(shown) : previewText(shown))
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
