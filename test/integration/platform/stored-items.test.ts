import { randomUUID } from 'node:crypto'
import { expect, inject, it, onTestFinished } from 'vitest'
import { createTables } from '../../../src/platform/dynamodb/create-tables.ts'
import type { StoredItem } from '../../../src/platform/dynamodb/stored-items.ts'
import { createLogger } from '../../../src/platform/logger.ts'

const services = inject('services')
const ITEMS = 130

it('items keep the types of their attributes from one table to another', async () => {
  const opened = createTables({
    endpoint: services['DYNAMODB_ENDPOINT'] ?? '',
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    prefix: `stored-${randomUUID().slice(0, 8)}.`,
    logger: createLogger({ level: 'silent', name: 'test' }),
  })
  onTestFinished(() => opened.close())
  await opened.create([
    { name: 'from', partitionKey: 'id' },
    { name: 'to', partitionKey: 'id' },
  ])
  const { tables, storedItems } = opened
  expect(await storedItems.isEmpty('from')).toBe(true)
  const rows = Array.from({ length: ITEMS }, (_, at) => ({ id: String(at), value: Buffer.from([at]), exact: 0.1 }))
  await tables.putMany('from', rows)
  for (const { id } of rows.slice(0, 2)) await tables.update('from', { id }, { addToSet: { pairs: ['a', 'b'] } })
  const copied: StoredItem[] = []
  for await (const page of storedItems.read('from')) copied.push(...page)
  expect(copied).toHaveLength(ITEMS)
  await storedItems.write('to', copied)
  expect(await storedItems.isEmpty('to')).toBe(false)
  // A list in place of the set could not be added to.
  const grown = await tables.update('to', { id: '0' }, { addToSet: { pairs: ['c'] } })
  expect(grown).toMatchObject({ pairs: ['a', 'b', 'c'], exact: 0.1 })
  expect(Buffer.from((await tables.get('to', { id: '7' }))?.['value'] as Uint8Array)).toEqual(Buffer.from([7]))
})
