import { expect, it } from 'vitest'
import { commandFirst, jsonBehind } from '../../../src/cli/command-line.ts'
import { keysRevoke } from '../../../src/cli/commands/keys.ts'
import { orderHold, orderShow } from '../../../src/cli/commands/order.ts'
import { readsSetCutDate } from '../../../src/cli/commands/reads.ts'
import { rebuildTable } from '../../../src/cli/commands/rebuild.ts'
import { rowsRemove } from '../../../src/cli/commands/rows.ts'
import { UsageError } from '../../../src/cli/usage-error.ts'
import { parseFor, parseLine, wordsOf } from '../../worlds/command-lines.ts'

it('takes options before and behind operands, with = or a blank, and repeated', async () => {
  const given = await parseFor(keysRevoke, 'keys revoke --reason=gone abc --json --by ann')
  expect(given).toEqual({ id: 'abc', reason: 'gone', json: true, by: 'ann' })
  expect(await parseFor(rebuildTable, 'rebuild products --no-wait')).toMatchObject({ wait: false, switch: false })
  expect(await parseFor(rebuildTable, 'rebuild products')).toMatchObject({ wait: true })
  expect(await parseFor(rowsRemove, 'rows remove t a b')).toMatchObject({ table: 't', key: 'a', second: 'b' })
})

it('finds an action behind options, and tells it from their values', async () => {
  expect(commandFirst(wordsOf('keys --json list'))).toEqual(['keys', 'list', '--json'])
  expect(await parseFor(keysRevoke, 'keys --by list revoke abc')).toMatchObject({ id: 'abc', by: 'list' })
  expect(await parseFor(orderHold, 'order --reason hold hold 5')).toMatchObject({ number: '5', reason: 'hold' })
})

it.each([
  ['--json status', 'status --json'],
  ['--json keys list', 'keys list --json'],
  ['--json order 5 --source shop', 'order --json 5 --source shop'],
  ['--json --json tasks', 'tasks --json'],
  ['status --json', 'status --json'],
  ['--json --help', '--help'],
  ['--json help status', 'help status'],
])('accepts --json before the command: "%s" is "%s"', (line, moved) => {
  expect(commandFirst(jsonBehind(wordsOf(line)))).toEqual(wordsOf(moved))
})

it('asks for a command where there is only --json', () => {
  expect(jsonBehind(['--json'])).toEqual([])
  expect(jsonBehind([])).toEqual([])
})

it('runs the own or the usual command of a word without an action', async () => {
  expect(await parseFor(orderShow, 'order 5 --source shop')).toMatchObject({ number: '5', source: 'shop' })
  expect(await parseLine('tasks --state failed')).toMatchObject({ name: 'tasks list', given: { state: 'failed' } })
  expect(await parseLine('reads')).toMatchObject({ name: 'reads list' })
})

it('gives a value that begins with one dash', async () => {
  expect(await parseFor(readsSetCutDate, 'reads set-cut-date r --reason -')).toMatchObject({ reason: '-' })
})

it.each([
  ['aply x', 'there is no command "aply"; did you mean apply?'],
  ['constructor', 'there is no command "constructor"'],
  ['keys revok abc', 'there is no command "keys revok"; did you mean keys revoke?'],
  ['dead-letters drop x', 'dead-letters takes list, show, retry or discard'],
  ['dead-letters', 'dead-letters takes list, show, retry or discard'],
])('"%s" is wrong use: %s', (line, message) => {
  expect(() => commandFirst(wordsOf(line))).toThrow(message)
  expect(() => commandFirst(wordsOf(line))).toThrow(UsageError)
})

it.each([
  ['keys revoke', "missing required argument 'id'"],
  ['keys revoke a b', 'too many arguments'],
  ['status --colour', "unknown option '--colour'"],
  ['dead-letters list --reason x', "unknown option '--reason'"],
  ['keys revoke abc --reason', 'argument missing'],
  ['keys revoke abc --reason --json', '--json'],
])('"%s" is wrong use for the parser: %s', async (line, message) => {
  await expect(parseLine(line)).rejects.toThrow(message)
})
