// Files on a web server: what did not change is not fetched again, and an order whose answer is lost is not doubled.

import { describe, expect, it } from 'vitest'
import { createGuardedHttp } from '../../src/platform/guarded-http.ts'
import { createFilesClient } from '../../src/systems/files/client.ts'
import { httpPlace } from '../../src/systems/files/http-place.ts'
import { settings as declared, ordersOf } from '../../src/systems/files/settings.ts'
import { writeFileOrders } from '../../src/systems/files/write-orders.ts'
import { localNetwork } from '../data/loopback.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { startFileServer } from '../worlds/file-server.ts'
import { placeClient } from '../worlds/place-client.ts'
import { connectable, valuesOf } from '../worlds/settings.ts'
import { governors, wallClock } from '../worlds/sources.ts'
import { silentLogger } from '../worlds/stage-context.ts'
import { webFilesWorld } from '../worlds/web-files-world.ts'

const signal = new AbortController().signal
const STOCK = 'sku,quantity\nA,1\nB,2\nC,3\n'
const EARLIER = new Date('2026-11-29T10:00:00Z')

describe('a stock file on a web server', () => {
  it('is fetched once, and again when it has changed', async () => {
    const world = await webFilesWorld('inventory', { settings: { 'inventory.complete': 'rename' } })
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 0 })
    world.put(STOCK, EARLIER)
    world.asked()
    expect(await world.run()).toMatchObject({ state: 'ended', published: 3 })
    expect(world.asked()).toEqual(['HEAD', 'GET'])
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 0 })
    expect(world.asked()).toEqual(['HEAD'])
    // Another time alone does not make another file.
    world.put(STOCK)
    expect(await world.run()).toMatchObject({ read_count: 0 })
    expect(world.asked()).toEqual(['HEAD'])
    world.put(STOCK.replace('B,2', 'B,5'))
    expect(await world.run()).toMatchObject({ published: 1, unchanged: 2 })
    expect(world.asked()).toEqual(['HEAD', 'GET'])
  })

  it('of which the server says neither time nor version is fetched each time, and read only if it has changed', async () => {
    const world = await webFilesWorld('inventory')
    world.server.withoutValidators()
    world.put(STOCK)
    expect(await world.run()).toMatchObject({ state: 'ended', published: 3 })
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 0 })
    expect(world.asked()).toContain('GET')
    world.put('sku,quantity\nA,1\n')
    expect(await world.run('api', 0)).toMatchObject({ state: 'failed', error: { code: 'too_many_gone' } })
    world.put(STOCK.replace('B,2', 'B,5'))
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1 })
    // Asked for by a person: again, although nothing changed.
    expect(await world.run('api', 0)).toMatchObject({ state: 'ended', read_count: 3, published: 0 })
  })

  it('waits for its marker', async () => {
    const world = await webFilesWorld('inventory', { settings: { 'inventory.complete': 'marker' } })
    world.put(STOCK)
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 0 })
    world.server.put('exports/inventory/stock.csv.done', '')
    expect(await world.run()).toMatchObject({ state: 'ended', published: 3 })
  })

  it.each([
    ['a token', { token: 'env:KEY' }, 'authorization', 'Bearer k1'],
    ['a header', { 'header.Authorization': 'env:KEY' }, 'authorization', 'k1'],
  ])('is fetched with %s', async (_, secrets, _name, sent) => {
    const world = await webFilesWorld('inventory', { secrets })
    world.secrets.set('env:KEY', 'k1')
    world.server.open()
    world.put(STOCK)
    expect(await world.run()).toMatchObject({ state: 'ended', published: 3 })
    expect(new Set(world.server.requests.map(({ authorization }) => authorization))).toEqual(new Set([sent]))
  })

  it('is fetched again where the answer is an older copy than the server says that it has', async () => {
    const world = await webFilesWorld('inventory', { settings: { 'inventory.complete': 'rename' } })
    world.put(STOCK, EARLIER)
    expect(await world.run()).toMatchObject({ published: 3 })
    const older = world.server.files.get('exports/inventory/stock.csv')
    world.put(STOCK.replace('B,2', 'B,5'))
    world.server.answerNext(({ usual }) => usual())
    world.server.answerNext(({ response }) => {
      const validators = { etag: '"older"', 'last-modified': EARLIER.toUTCString() }
      response.writeHead(200, validators).end(older?.content)
    })
    // The older copy would be noted as the new version, which would never be fetched.
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1 })
  })

  it('is read although HEAD says that it is empty, as some programs do', async () => {
    const world = await webFilesWorld('inventory', { settings: { 'inventory.complete': 'rename' } })
    world.put(STOCK)
    world.server.answerNext(({ response }) => void response.writeHead(200, { 'content-length': 0 }).end())
    expect(await world.run()).toMatchObject({ state: 'ended', published: 3 })
  })

  it('without a name in the settings can not be found', async () => {
    const world = await webFilesWorld('inventory', { settings: { 'inventory.files': undefined } })
    expect(await world.run()).toMatchObject({
      state: 'failed',
      error: {
        code: 'configuration_invalid',
        message: expect.stringContaining('settings.inventory.files must be set'),
      },
    })
  })
})

/** 1 for what is left to people; anything else is a mistake. */
function codeOfPeople(error: unknown): number {
  expect(error).toMatchObject({ code: 'target_conflict', message: expect.stringContaining('Ask the vendor') })
  return 1
}

type Loss = 'before' | 'after'

/** A vendor that may take an order away at once, and a server whose n-th answer is lost, before or after its effect. */
async function ordersWorld({ takes, loses, when }: { takes: boolean; loses: number; when: Loss }) {
  const server = await startFileServer()
  const place = httpPlace({
    root: server.address,
    credentials: { authorization: server.authorization },
    namesIn: () => [],
    assertWritable: () => undefined,
    http: createGuardedHttp(localNetwork),
    timeoutMs: 20_000,
  })
  const client = placeClient((work, stop) => place.visit(work, stop))
  const got: string[] = []
  const take = () => {
    for (const [path, { content }] of server.files) {
      if (path.includes('.waldstream')) continue
      got.push(content.toString())
      server.files.delete(path)
    }
  }
  for (let request = 1; request <= 120; request += 1) {
    server.answerNext((answer) => {
      if (request !== loses) answer.usual()
      else if (when === 'after') answer.lost()
      else answer.response.destroy()
      if (takes) take()
    })
  }
  const later = {
    'orders.changes.file': 'CHANGE-{reference}-{version}.csv',
    'orders.cancellations.file': 'CANCEL-{reference}.csv',
  }
  const sink = writeFileOrders(client, ordersOf(valuesOf(declared, later)))
  const order = vendorOrder('acme', '1', orderOf([lineOf('1', 'A-1')]))
  const deliver = async (event = order) =>
    await sink.deliver(event, connectionOf('acme', '^A'), signal, { targetId: null, unclear: true })
  /** All orders that the vendor has got, with those that are still there. */
  const all = () => {
    take()
    return got
  }
  return { server, deliver, got: all }
}

describe('an order on a web server', () => {
  const changed = vendorOrder('acme', '1', orderOf([lineOf('1', 'A-2')]))
  const canceled = { ...vendorOrder('acme', '1', orderOf([])), canceled: true }

  it.each([true, false])(
    'that changes and is canceled: a lost answer sends none of its files twice, and none too early (%s)',
    async (takes) => {
      const counted = await ordersWorld({ takes, loses: 0, when: 'before' })
      await counted.deliver()
      const { length: ofOrder } = counted.server.requests
      await counted.deliver(changed)
      await counted.deliver(canceled)
      const { length } = counted.server.requests
      expect(counted.got()).toHaveLength(3)
      let unclear = 0
      for (let loses = ofOrder + 1; loses <= length; loses += 1) {
        for (const when of ['before', 'after'] as const) {
          const { deliver, got, server } = await ordersWorld({ takes, loses, when })
          let left = 0
          await deliver()
          for (const event of [changed, canceled]) {
            const again = async () => await deliver(event).then(() => 0, codeOfPeople)
            left += await deliver(event).then(() => 0, again)
          }
          const what = `${server.requests[loses - 1]?.method} ${loses}, lost ${when}`
          expect(new Set(got()).size, what).toBe(got().length)
          if (left === 0) expect(got(), what).toHaveLength(3)
          unclear += left
        }
      }
      expect(unclear).toBeGreaterThan(0)
      expect(unclear).toBeLessThan(takes ? 30 : 24)
    },
  )

  it.each([true, false])('whose answer is lost at any request is there once, or left to people (%s)', async (takes) => {
    const counted = await ordersWorld({ takes, loses: 0, when: 'before' })
    expect(await counted.deliver()).toEqual({ outcome: 'written', targetId: 'orders/acme-1.csv' })
    const { length } = counted.server.requests
    expect(counted.got()).toHaveLength(1)
    expect(length).toBeGreaterThan(5)
    let unclear = 0
    for (let loses = 1; loses <= length; loses += 1) {
      for (const when of ['before', 'after'] as const) {
        const { deliver, got, server } = await ordersWorld({ takes, loses, when })
        const first = await deliver().catch((error: unknown) => error)
        const result = await deliver().catch((error: unknown) => error)
        const what = `${server.requests[loses - 1]?.method} ${loses}, lost ${when}`
        expect(got().length, what).toBeLessThanOrEqual(1)
        if (first instanceof Error) expect(first, what).toMatchObject({ code: 'target_unavailable' })
        if (result instanceof Error) {
          expect(result, what).toMatchObject({
            code: 'target_conflict',
            message: expect.stringContaining('Ask the vendor'),
          })
          unclear += 1
        } else expect(got(), what).toHaveLength(1)
      }
    }
    // Only those between the mark and the answer to the file itself, and none that is still there.
    expect(unclear).toBeLessThan(takes ? 9 : 7)
    expect(unclear).toBeGreaterThan(0)
  })

  it('that is refused is sent once it is allowed', async () => {
    const { server, deliver, got } = await ordersWorld({ takes: false, loses: 0, when: 'before' })
    server.refuse('orders/acme-1.csv')
    await expect(deliver()).rejects.toMatchObject({ code: 'permission_missing' })
    await expect(deliver()).rejects.toMatchObject({ code: 'permission_missing' })
    server.refuse(null)
    expect(await deliver()).toMatchObject({ outcome: 'written' })
    expect(got()).toHaveLength(1)
  })

  it('whose copy in our folder can not be deleted was sent all the same: it is not sent again', async () => {
    const { server, deliver, got } = await ordersWorld({ takes: false, loses: 0, when: 'before' })
    server.keepLocked('orders/.waldstream/acme-1.waiting')
    await expect(deliver()).rejects.toMatchObject({ code: 'target_unavailable' })
    expect(got()).toHaveLength(1)
    server.keepLocked(null)
    await expect(deliver()).rejects.toMatchObject({
      code: 'target_conflict',
      message: expect.stringContaining('Ask the vendor'),
    })
    expect(got()).toHaveLength(1)
  })

  it('is not written over the file of somebody else', async () => {
    const { server, deliver } = await ordersWorld({ takes: false, loses: 0, when: 'before' })
    server.put('orders/acme-1.csv', 'not ours')
    await expect(deliver()).rejects.toMatchObject({ code: 'target_conflict' })
    expect(server.files.get('orders/acme-1.csv')?.content.toString()).toBe('not ours')
  })
})

describe('doctor', () => {
  const clientOf = (address: string, settings: Readonly<Record<string, unknown>>) =>
    createFilesClient(
      connectable(declared, {
        id: 'acme',
        address,
        secrets: { username: 'vendor', password: 'secret' },
        settings,
        limits: { concurrency: 1 },
      }),
      { clock: wallClock, governors, network: localNetwork, logger: silentLogger },
    )

  it('looks for the files that are set, writes and removes one of its own', async () => {
    const server = await startFileServer()
    server.put('out/inventory/stock.csv', STOCK)
    const settings = { 'inventory.files': 'stock.csv', 'prices.files': 'prices.csv', 'orders.folder': 'orders' }
    expect((await clientOf(`${server.address}/out`, settings).check(signal)).warnings).toEqual([
      'settings.prices.files: there is no file prices/prices.csv yet (not_found)',
    ])
    expect([...server.files.keys()]).toEqual(['out/inventory/stock.csv'])
    expect(server.requests.map(({ method }) => method)).toContain('PUT')
  })

  it.each([{}, { 'inventory.files': 'stock.csv' }])('fails where the sign-in is refused, with %j', async (settings) => {
    const server = await startFileServer()
    server.rename('other')
    await expect(clientOf(server.address, settings).check(signal)).rejects.toMatchObject({
      code: 'credentials_refused',
    })
  })

  it('writes nothing where no orders are set', async () => {
    const server = await startFileServer()
    await clientOf(server.address, { 'inventory.files': 'stock.csv' }).check(signal)
    expect(new Set(server.requests.map(({ method }) => method))).toEqual(new Set(['HEAD']))
  })
})
