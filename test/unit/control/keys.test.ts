import { describe, expect, it } from 'vitest'
import { parseKey } from '../../../src/control/keys/api-key.ts'
import { createKeyStore, KEY_CACHE_MS } from '../../../src/control/keys/key-store.ts'
import { controlTables } from '../../../src/control/tables.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { memoryTables } from '../../memory/tables.ts'

const wanted = {
  name: 'shop',
  scopes: ['feeds:read'],
  connections: null,
  systems: null,
  expires_at: null,
  created_by: 'ann',
}

function prepare() {
  const tables = memoryTables(controlTables)
  const calls = { get: 0, update: 0 }
  const counted: Tables = {
    ...tables,
    get: (...asked) => {
      calls.get += 1
      return tables.get(...asked)
    },
    update: (...asked) => {
      calls.update += 1
      return tables.update(...asked)
    },
  }
  const clock = { time: 1_000_000, now: () => clock.time }
  const open = () => createKeyStore(counted, clock)
  return { tables, calls, clock, open, store: open() }
}

it('gives a key of 256 random bits and stores its hash alone', async () => {
  const { store, tables } = prepare()
  const { key, text } = await store.create(wanted)
  const parsed = parseKey(text)
  expect(parsed?.id).toBe(key.id)
  expect(Buffer.from(parsed?.secret ?? '', 'base64url')).toHaveLength(32)
  const rows: unknown[] = []
  for await (const page of tables.scan('api_keys')) rows.push(...page)
  expect(JSON.stringify(rows)).not.toContain(parsed?.secret)
  expect(rows).toMatchObject([
    { id: key.id, secrets: [{ hash: expect.stringMatching(/^[0-9a-f]{64}$/), until: null }] },
  ])
})

describe('a key is refused', () => {
  it.each<[string, (text: string) => string, string]>([
    ['that is none', () => 'wsk_x', 'malformed key'],
    ['with something before it', (text) => ` ${text}`, 'malformed key'],
    ['with something after it', (text) => `${text}\n`, 'malformed key'],
    ['with another secret', (text) => `${text.slice(0, -43)}${'A'.repeat(43)}`, 'wrong secret'],
    ['that nobody has', (text) => text.replace(/^wsk_.{12}/, 'wsk_aaaaaaaaaaaa'), 'unknown key'],
  ])('%s', async (_, of, refused) => {
    const { store } = prepare()
    const { text } = await store.create(wanted)
    expect(await store.check(of(text))).toMatchObject({ refused })
    expect(await store.check(text)).toMatchObject({ key: { name: 'shop' } })
  })

  it('that has expired', async () => {
    const { store, clock } = prepare()
    const { text } = await store.create({ ...wanted, expires_at: clock.time + 10 })
    expect(await store.check(text)).toMatchObject({ key: { name: 'shop' } })
    clock.time += 10
    expect(await store.check(text)).toMatchObject({ refused: 'expired key' })
  })

  it('that was revoked: at once here, and elsewhere as soon as what was read is too old', async () => {
    const { store, open, clock } = prepare()
    const elsewhere = open()
    const { key, text } = await store.create(wanted)
    expect(await elsewhere.check(text)).toMatchObject({ key: { id: key.id } })
    await store.revoke(key.id, 'bea')
    expect(await store.check(text)).toMatchObject({ refused: 'revoked key' })
    clock.time += KEY_CACHE_MS - 1
    expect(await elsewhere.check(text)).toMatchObject({ key: { id: key.id } })
    clock.time += 1
    expect(await elsewhere.check(text)).toMatchObject({ refused: 'revoked key' })
    expect(await store.revoke(key.id, 'carl')).toMatchObject({ revoked_by: 'bea' })
  })
})

it('rotates: the new secret and the one before count until the given end, an older one no longer', async () => {
  const { store, clock } = prepare()
  const first = await store.create(wanted)
  const second = await store.rotate(first.key.id, clock.time + 100)
  const third = await store.rotate(first.key.id, clock.time + 50)
  const counts = async () =>
    await Promise.all([first, second, third].map(async (issued) => 'key' in (await store.check(issued?.text ?? ''))))
  expect(await counts()).toEqual([false, true, true])
  clock.time += 49
  expect(await counts()).toEqual([false, true, true])
  clock.time += 1
  expect(await counts()).toEqual([false, false, true])
  expect(await store.rotate('nobody', 0)).toBeNull()
})

it('is read from the table once in a while, and not by who asks for many keys', async () => {
  const { store, calls, clock } = prepare()
  const { text } = await store.create(wanted)
  await store.check(text)
  calls.get = 0
  for (let n = 0; n < 50; n += 1) await store.check(text)
  expect(calls.get).toBe(0)
  clock.time += KEY_CACHE_MS
  await Promise.all([store.check(text), store.check(text)])
  expect(calls.get).toBe(1)
})

it('notes its last use at most once a minute, and never makes a key of it', async () => {
  const { store, calls, clock } = prepare()
  const { key, text } = await store.create(wanted)
  for (let second = 0; second < 120; second += 1) {
    await store.check(text)
    clock.time += 1000
  }
  expect(calls.update).toBe(2)
  expect((await store.get(key.id))?.last_used_at).toBe(1_060_000)
})

it('asks the table again after it did not answer', async () => {
  const { tables, clock } = prepare()
  let down = true
  const flaky: Tables = {
    ...tables,
    get: async (...asked) => {
      if (down) throw new Error('down')
      return await tables.get(...asked)
    },
  }
  const { text } = await createKeyStore(tables, clock).create(wanted)
  const store = createKeyStore(flaky, clock)
  await expect(store.check(text)).rejects.toThrow('down')
  down = false
  expect(await store.check(text)).toMatchObject({ key: { name: 'shop' } })
})

it('knows whether there is any key, also one of another process', async () => {
  const { store, open, clock } = prepare()
  expect(await store.hasAny()).toBe(false)
  await open().create(wanted)
  clock.time += KEY_CACHE_MS
  expect(await store.hasAny()).toBe(true)
})
