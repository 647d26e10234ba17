import { expect, it } from 'vitest'
import { changeFilter, limitOf, listFilter, rateOf, readCommand } from '../../../src/cli/dead-letter-options.ts'
import { UsageError } from '../../../src/cli/usage-error.ts'

/** Everything that is read of a command before anything is opened. */
function read(...args: readonly string[]) {
  const command = readCommand(args)
  if (command === null) throw new Error('it is no command')
  const { action, ids, values } = command
  const isFiltered = action === 'list' || ids.length === 0
  const filterOf = action === 'list' ? listFilter : changeFilter
  return {
    action,
    ids,
    filter: isFiltered ? filterOf(values) : null,
    limit: limitOf(values, 500),
    rate: rateOf(values),
  }
}

it('reads which dead letters are meant', () => {
  expect(read('list', '--state', 'resolved', '--from', '2026-01-31')).toMatchObject({
    action: 'list',
    filter: { state: 'resolved', from: Date.UTC(2026, 0, 31), to: null, group: null },
    limit: 100,
  })
  expect(read('retry', '--group-id', 'g', '--rate', '2.5', '--limit', '7')).toMatchObject({
    filter: { state: 'open', group: 'g' },
    limit: 7,
    rate: 2.5,
  })
  expect(read('discard', 'a', 'b', '--reason', 'no')).toMatchObject({ ids: ['a', 'b'], filter: null })
  expect(read('retry', '--all')).toMatchObject({ filter: { state: 'open', stage: null } })
  expect(readCommand(['retry', '--help'])).toBeNull()
})

const wrong: readonly (readonly [args: string, message: string])[] = [
  ['', 'dead-letters takes list, show, retry or discard, not nothing'],
  ['drop x', 'not "drop"'],
  ['list x', 'show takes an id'],
  ['list --state broken', '--state must be one of open, retrying, resolved, discarded, not "broken"'],
  ['list --from yesterday', '--from must be a date like 2026-01-31T00:00:00Z, not "yesterday"'],
  ['list --to soon', '--to must be a date'],
  ['list --limit 0', '--limit must be a whole number from 1 to 500, not "0"'],
  ['list --limit 1.5', '--limit must be a whole number'],
  ['list --reason x', '--reason is no option of list'],
  ['list --colour', '--colour'],
  ['show', 'show takes one id; list has the ids'],
  ['show a b', 'show takes one id'],
  ['show a --force', '--force is no option of show'],
  ['retry', 'say which: ids, or one of --stage, --connection, --code, --key, --group-id, --from, --to, or --all'],
  ['retry --state open', 'say which'],
  ['retry a --code x', '--code is for dead letters that are chosen by a filter'],
  ['retry a --dry-run', '--dry-run is for dead letters that are chosen by a filter'],
  ['retry a --force', '--force needs --reason'],
  ['retry --all --rate 0', '--rate must be a number above 0'],
  ['retry --all --rate many', '--rate must be a number above 0'],
  ['retry --all --preview', '--preview takes one id'],
  ['discard a', '--reason is missing'],
  ['discard --reason no', 'say which'],
]

it.each(wrong)('"dead-letters %s" is refused: %s', (args, message) => {
  const refused = () => read(...args.split(' ').filter((arg) => arg !== ''))
  expect(refused).toThrow(message)
  expect(refused).toThrow(UsageError)
})
