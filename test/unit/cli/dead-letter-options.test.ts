import { expect, it } from 'vitest'
import { deadLettersDiscard, deadLettersList, deadLettersRetry } from '../../../src/cli/commands/dead-letters.ts'
import {
  changeFilter,
  checkDiscarded,
  checkRetried,
  limitOf,
  listFilter,
  rateOf,
} from '../../../src/cli/dead-letter-options.ts'
import { UsageError } from '../../../src/cli/usage-error.ts'
import { parseFor } from '../../worlds/command-lines.ts'

/** Everything that is read of a command before anything is opened. */
async function read(line: string) {
  const whole = `dead-letters ${line}`
  if (line.startsWith('list')) {
    const list = await parseFor(deadLettersList, whole)
    return { filter: listFilter(list), limit: limitOf(list, 500) }
  }
  if (line.startsWith('retry')) {
    const retry = await parseFor(deadLettersRetry, whole)
    checkRetried(retry)
    const filter = retry.ids.length > 0 ? null : changeFilter(retry)
    return { ids: retry.ids, filter, limit: limitOf(retry, 500), rate: rateOf(retry) }
  }
  const discard = await parseFor(deadLettersDiscard, whole)
  const reason = checkDiscarded(discard)
  return { ids: discard.ids, filter: discard.ids.length > 0 ? null : changeFilter(discard), reason }
}

it('reads which dead letters are meant', async () => {
  expect(await read('list --state resolved --from 2026-01-31')).toMatchObject({
    filter: { state: 'resolved', from: Date.UTC(2026, 0, 31), to: null, group: null },
    limit: 100,
  })
  expect(await read('retry --group-id g --rate 2.5 --limit 7')).toMatchObject({
    filter: { state: 'open', group: 'g' },
    limit: 7,
    rate: 2.5,
  })
  expect(await read('discard a b --reason no')).toMatchObject({ ids: ['a', 'b'], filter: null })
  expect(await read('retry --all')).toMatchObject({ filter: { state: 'open', stage: null } })
})

const wrong: readonly (readonly [line: string, message: string])[] = [
  ['list --state broken', '--state must be one of open, retrying, resolved, discarded, not "broken"'],
  ['list --from yesterday', '--from must be a date like 2026-01-31T00:00:00Z, not "yesterday"'],
  ['list --to soon', '--to must be a date'],
  ['list --limit 0', '--limit must be a whole number from 1 to 500, not "0"'],
  ['list --limit 1.5', '--limit must be a whole number'],
  ['retry', 'give ids, or one of --stage, --connection, --code, --key, --group-id, --from, --to, or --all'],
  ['retry --state open', 'give ids'],
  ['retry a --code x', '--code cannot be used with ids'],
  ['retry a --dry-run', '--dry-run cannot be used with ids'],
  ['retry a --rate 5', '--rate cannot be used with ids'],
  ['retry a --force', '--force needs --reason'],
  ['retry --all --rate 0', '--rate must be a number of retries per second, above 0'],
  ['retry --all --rate many', '--rate must be a number of retries per second, above 0'],
  ['retry --all --preview', '--preview takes one id'],
  ['discard a', '--reason is missing'],
  ['discard --reason no', 'give ids'],
]

it.each(wrong)('"dead-letters %s" is refused: %s', async (line, message) => {
  await expect(read(line)).rejects.toThrow(message)
  await expect(read(line)).rejects.toThrow(UsageError)
})
