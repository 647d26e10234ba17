import { expect, it } from 'vitest'
import { checkRead } from '../../../src/configuration/load-configuration.ts'
import { retentionOf, watchRetention } from '../../../src/configuration/retention.ts'
import { decodeSystem, documentOf, encodeSystem } from '../../../src/configuration/stored-form.ts'
import { CONNECTIONS, coreTables } from '../../../src/configuration/tables.ts'
import { mistakeText, readYaml } from '../../../src/configuration/yaml-documents.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { systemWith } from '../../data/configuration.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'

const DAY = 86_400_000

async function check(retention: string, type = 'magento2') {
  const secrets = type === 'magento2' ? 'secrets: { bearer: env:WALDSTREAM_SECRET_SHOP__TOKEN }\n' : ''
  const text = `kind: system\nid: shop\ntype: ${type}\naddress: https://shop.example\n${secrets}retention: ${retention}\n`
  const { configuration, mistakes } = await checkRead(readYaml('all.yaml', text), {}, systemTypes)
  return { retention: configuration.systems[0]?.retention, said: mistakes.map(mistakeText) }
}

it('a system says how long its orders and fulfilments are kept', async () => {
  expect(await check('{ orders: 400 days }')).toEqual({ retention: { orders: '400 days' }, said: [] })
  for (const days of [31, 99, 100, 9_999, 10_000, 36_499, 36_500])
    expect((await check(`{ orders: ${days} days }`)).said, String(days)).toEqual([])
})

it.each([
  ['{ orders: 400 }', /retention\.orders must be a time from "31 days" to "36500 days", for example "400 days"/],
  ['{ orders: 30 days }', /retention\.orders must be a time from "31 days"/],
  ['{ orders: 36501 days }', /retention\.orders must be a time from "31 days"/],
  ['{ orders: 13 months }', /retention\.orders must be a time from "31 days"/],
  ['{ order: 400 days }', /retention\.order is not known; did you mean orders\?/],
  ['{ products: 400 days }', /retention\.products is not known/],
  ['400 days', /retention/],
  [
    '{ fulfilments: 400 days }',
    /retention\.fulfilments can't be read from systems of type magento2; entities with personal data that can: orders/,
  ],
])('refuses %s', async (retention, message) => {
  const { said } = await check(retention)
  expect(said).toEqual([expect.stringMatching(message)])
  expect(said[0]).toMatch(/all\.yaml:6/)
})

it('is stored as it was given, and a system without one as an earlier version stored it', () => {
  const [own, none] = [systemWith('s', 'magento2', { retention: { orders: '400 days' } }), systemWith('s', 'magento2')]
  expect(decodeSystem(encodeSystem(own))).toEqual(own)
  expect(documentOf('system', encodeSystem(own))).toMatchObject({ retention: { orders: '400 days' } })
  expect(encodeSystem(none)).not.toHaveProperty('retention')
  expect(decodeSystem(encodeSystem(none))).toEqual(none)
})

it('what a document does not say is as the operator set it; of a system that is not there only that is known', () => {
  const systems = [systemWith('s', 'magento2', { retention: { orders: '400 days' } }), systemWith('t', 'magento2')]
  const orders = (source: string) => ({ source, entity: 'orders' as const })
  const [usual, none] = [retentionOf(systems, 50 * DAY), retentionOf(systems, null)]
  expect(['s', 't', 'gone'].map(orders).map(usual)).toEqual([400 * DAY, 50 * DAY, 50 * DAY])
  expect(['s', 't', 'gone'].map(orders).map(none)).toEqual([400 * DAY, null, undefined])
  expect(usual({ source: 's', entity: 'fulfilments' })).toBe(50 * DAY)
})

it('a changed document holds within half a minute; a table that does not answer is asked again', async () => {
  const tables = memoryTables(coreTables)
  const clock = manualClock(0)
  const put = (days: number) => {
    const document = encodeSystem(systemWith('s', 'magento2', { retention: { orders: `${days} days` } }))
    return tables.put(CONNECTIONS, { kind: 'system', id: 's', document })
  }
  await put(100)
  let fails = true
  const query: typeof tables.query = async (table, range) => {
    if (!fails) return await tables.query(table, range)
    throw new Error('no table')
  }
  const watch = watchRetention({ query }, clock, null)
  const now = async () => (await watch())({ source: 's', entity: 'orders' })
  await expect(now()).rejects.toThrow('no table')
  fails = false
  expect(await now()).toBe(100 * DAY)
  await put(200)
  expect(await now()).toBe(100 * DAY)
  clock.set(30_000)
  expect(await now()).toBe(200 * DAY)
})
