import { DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createTables } from '../../../src/platform/dynamodb/create-tables.ts'
import { rowsOf, rowType, text } from '../../../src/platform/dynamodb/rows.ts'
import { contractTables, testTables } from '../../memory/tables-contract.ts'
import { startFaultProxy } from '../../worlds/fault-proxy.ts'

const services = inject('services')
Object.assign(process.env, services)
const logger = pino({ level: 'silent' })
const open = (prefix: string, endpoint: string | null = services['DYNAMODB_ENDPOINT'] ?? null) =>
  createTables({
    endpoint,
    region: services['AWS_REGION'] ?? 'local',
    prefix,
    logger,
  })

describe('DynamoDB', () => {
  const prefix = `tables-${process.pid}-`
  const dynamo = open(prefix)
  afterAll(() => dynamo.close())

  testTables(async () => {
    await dynamo.create(contractTables)
    return dynamo.tables
  })

  it('makes tables only where they are missing, also when two do it at once', async () => {
    const definitions = [{ name: 'raced', partitionKey: 'id' }]
    const other = open(prefix)
    await Promise.all([dynamo.create(definitions), other.create(definitions)])
    await other.create(definitions)
    expect(await other.tables.put('raced', { id: 'a' })).toBe(true)
    other.close()
  })

  it('gives a table of an earlier version its time to live', async () => {
    const table = { name: 'grown', partitionKey: 'id' }
    await dynamo.create([table])
    await dynamo.create([{ ...table, expires: 'expires' }])
    const client = new DynamoDBClient({
      endpoint: services['DYNAMODB_ENDPOINT'] ?? '',
      region: services['AWS_REGION'] ?? 'local',
    })
    const described = await client.send(new DescribeTimeToLiveCommand({ TableName: `${prefix}grown` }))
    client.destroy()
    expect(described.TimeToLiveDescription).toEqual({ AttributeName: 'expires', TimeToLiveStatus: 'ENABLED' })
  })

  it('sets and takes away the time of a row by what is set of it, and reads none of it', async () => {
    await dynamo.create(contractTables)
    const type = rowType<{ readonly id: string; readonly state: string }>(
      'contract_plain',
      ['id'],
      { id: text, state: text },
      ({ state }) => (state === undefined ? undefined : state === 'ended' ? 4_102_444_800 : null),
    )
    const rows = rowsOf(dynamo.tables, type)
    const stored = async () => (await dynamo.tables.get('contract_plain', { id: 'timed' }))?.['expires']
    await rows.put({ id: 'timed', state: 'ended' })
    expect(await stored()).toBe(4_102_444_800)
    expect(await rows.get({ id: 'timed' })).toEqual({ id: 'timed', state: 'ended' })
    await rows.update({ id: 'timed' }, { set: { state: 'open' } })
    expect(await stored()).toBeUndefined()
    await rows.update({ id: 'timed' }, { set: { state: 'ended' } })
    expect(await stored()).toBe(4_102_444_800)
  })

  it('refuses a table that has other keys', async () => {
    await dynamo.create([{ name: 'keyed', partitionKey: 'id' }])
    await expect(dynamo.create([{ name: 'keyed', partitionKey: 'other' }])).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining(`${prefix}keyed`),
    })
  })

  it('queries a table that another process has made', async () => {
    await dynamo.create(contractTables)
    const other = open(prefix)
    await dynamo.tables.put('contract_sorted', { pk: 'elsewhere', sk: 'a', position: '1' })
    const range = { partition: 'elsewhere', index: 'by-position', from: '1' }
    expect(await other.tables.query('contract_sorted', range)).toHaveLength(1)
    other.close()
  })

  it('gives sets of text back as sorted lists', async () => {
    await dynamo.create(contractTables)
    const change = { addToSet: { tags: ['z', 'a'], none: [] } }
    expect(await dynamo.tables.update('contract_plain', { id: 'set' }, change)).toEqual({ id: 'set', tags: ['a', 'z'] })
    expect(await dynamo.tables.get('contract_plain', { id: 'set' })).toEqual({ id: 'set', tags: ['a', 'z'] })
  })

  it('takes the last of items that have the same key, and each key once', async () => {
    await dynamo.create(contractTables)
    await dynamo.tables.putMany('contract_plain', [
      { id: 'twice', n: 1 },
      { id: 'twice', n: 2 },
    ])
    const found = await dynamo.tables.getMany('contract_plain', [{ id: 'twice' }, { id: 'twice' }])
    expect(found).toEqual([{ id: 'twice', n: 2 }])
  })

  it('refuses an item over 400 KB with a code of its own', async () => {
    await dynamo.create(contractTables)
    const large = { id: 'large', text: 'x'.repeat(410 * 1024) }
    const refused = { code: 'value_too_large' }
    await expect(dynamo.tables.put('contract_plain', large)).rejects.toMatchObject(refused)
    await expect(dynamo.tables.putMany('contract_plain', [large])).rejects.toMatchObject(refused)
    const change = { set: { text: large.text } }
    await expect(dynamo.tables.update('contract_plain', { id: 'large' }, change)).rejects.toMatchObject(refused)
  })

  describe('whose answer to a write is lost after it was carried out', () => {
    const id = (name: string) => ({ id: `lost-${name}` })
    let proxy: Awaited<ReturnType<typeof startFaultProxy>>
    let lossy: ReturnType<typeof open>
    beforeAll(async () => {
      await dynamo.create(contractTables)
      proxy = await startFaultProxy(services['DYNAMODB_ENDPOINT'] ?? '')
      lossy = open(prefix, proxy.url)
      // Reads the keys of the table, which is no part of what is tested.
      await lossy.tables.get('contract_plain', id('none'))
    })
    afterAll(async () => {
      lossy.close()
      await proxy.close()
    })
    const lose = (action: string) => {
      proxy.seen.length = 0
      proxy.set({ action, kind: 'lose', times: 1 })
    }

    it('counts a put as written that meets its own row, but no equal one of another caller', async () => {
      const isNew = { absent: 'id' } as const
      lose('PutItem')
      expect(await lossy.tables.put('contract_plain', { ...id('put'), n: 1 }, { mine: isNew })).toBe(true)
      expect(proxy.seen).toEqual(['PutItem', 'PutItem', 'GetItem'])
      expect(await dynamo.tables.get('contract_plain', id('put'))).toMatchObject({ n: 1 })
      lose('PutItem')
      expect(await lossy.tables.put('contract_plain', { ...id('put'), n: 1 }, { mine: isNew })).toBe(false)
      proxy.seen.length = 0
      expect(await lossy.tables.put('contract_plain', { ...id('put'), n: 1 }, { mine: isNew })).toBe(false)
      // A request that was sent once costs no read.
      expect(proxy.seen).toEqual(['PutItem'])
      lose('PutItem')
      expect(await lossy.tables.put('contract_plain', { ...id('without'), n: 1 }, isNew)).toBe(false)
      expect(await dynamo.tables.get('contract_plain', id('without'))).toEqual({ ...id('without'), n: 1 })
    })

    it('returns the row after an update that meets its own row, but not after one of another caller', async () => {
      await dynamo.tables.put('contract_plain', { ...id('update'), fence: 1 })
      const first = { mine: { attribute: 'fence', is: '=', value: 1 } } as const
      const change = { set: { fence: 2, worker: { name: 'a', none: null } }, remove: ['due'] }
      lose('UpdateItem')
      const taken = { ...id('update'), ...change.set }
      expect(await lossy.tables.update('contract_plain', id('update'), change, first)).toMatchObject(taken)
      expect(proxy.seen).toEqual(['UpdateItem', 'UpdateItem', 'GetItem'])
      lose('UpdateItem')
      expect(await lossy.tables.update('contract_plain', id('update'), change, first)).toBeNull()
    })

    it('counts a row that is gone as deleted', async () => {
      await dynamo.tables.put('contract_plain', id('delete'))
      const isThere = { mine: { present: 'id' } } as const
      lose('DeleteItem')
      expect(await lossy.tables.delete('contract_plain', id('delete'), isThere)).toBe(true)
      expect(proxy.seen).toEqual(['DeleteItem', 'DeleteItem', 'GetItem'])
      expect(await lossy.tables.delete('contract_plain', id('delete'), isThere)).toBe(false)
    })
  })

  it('says that nothing answers', async () => {
    const nobody = createTables({ endpoint: 'http://127.0.0.1:1', region: 'local', prefix: '', logger })
    await expect(nobody.tables.get('any', { id: 'a' })).rejects.toMatchObject({ code: 'table_unavailable' })
    nobody.close()
  })
})
