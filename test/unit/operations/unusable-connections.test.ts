import { expect, it } from 'vitest'
import { noteChange } from '../../../src/configuration/changes.ts'
import { readConfiguration } from '../../../src/configuration/read-configuration.ts'
import { encodeConnection } from '../../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../../src/configuration/tables.ts'
import { everything } from '../../../src/operations/principal.ts'
import { status } from '../../../src/operations/status.ts'
import { unusableConnections } from '../../../src/operations/unusable-connections.ts'
import { agingFeed } from '../../worlds/aging-feed.ts'

type World = Awaited<ReturnType<typeof agingFeed>>

const boss = everything({ kind: 'cli', name: 'boss' })
const found = async ({ api: { tables, clock } }: World) =>
  await unusableConnections({ tables, clock }, boss, await readConfiguration(tables))

it('names a connection whose document cannot be read, and how its stock is served', async () => {
  const world = await agingFeed({ policy: 'hold' })
  expect(await found(world)).toEqual([])
  const document = { ...encodeConnection(world.connection), reads: 'all' }
  await world.api.tables.put(CONNECTIONS, { kind: 'connection', id: 'shop-vendor', document })
  const expected = {
    connection: 'shop-vendor',
    problem: 'unreadable',
    stock: 'hold',
    fix: expect.stringContaining('apply'),
  }
  expect(await found(world)).toEqual([expected])
  expect(await status(world.api.operations, boss)).toMatchObject({ healthy: false, unusable: [expected] })
  expect((await world.api.get('/v1/status')).json.unusable).toEqual([expected])
})

it('names a removed one while its stock is served by its policy, which is no fault', async () => {
  const world = await agingFeed({ policy: 'zero' })
  const { tables } = world.api
  const before = encodeConnection(world.connection)
  const about = { at: '2026-01-31T08:00:00.000Z', by: 'ann', reason: null, revision: 2 }
  await noteChange(tables, { ...about, kind: 'connection', id: 'shop-vendor', before, after: null })
  await tables.delete(CONNECTIONS, { kind: 'connection', id: 'shop-vendor' })
  expect(await found(world)).toMatchObject([{ problem: 'removed', stock: 'zero' }])
  expect((await status(world.api.operations, boss)).healthy).toBe(true)
})

it('leaves out a removed one that had no policy', async () => {
  const world = await agingFeed()
  await world.api.tables.delete(CONNECTIONS, { kind: 'connection', id: 'shop-vendor' })
  expect(await found(world)).toEqual([])
})
