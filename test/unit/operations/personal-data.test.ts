import { expect, it } from 'vitest'
import { encodeConnection } from '../../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../../src/configuration/tables.ts'
import { deadLetterAsTest } from '../../../src/operations/dead-letter-as-test.ts'
import { showDeadLetter } from '../../../src/operations/dead-letters.ts'
import { everything, type Principal } from '../../../src/operations/principal.ts'
import { listStaged } from '../../../src/operations/staged.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { connectionWith } from '../../data/configuration.ts'
import { deadLettered } from '../../data/dead-letters.ts'
import { lineOf, orderChanged, orderOf, productChanged } from '../../data/processor-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const codec = memoryCodec()
const event = orderChanged(orderOf([lineOf('1', 'A-1')]), { raw: '{"customer_lastname":"Łukasz"}' })
const said = ['Zoë', 'Łukasz', 'Main St', 'Austin', '78701', 'Zoe@Example.com']
const found = (shown: unknown) => said.filter((value) => JSON.stringify(shown).includes(value))

/** Who may see persons, and who may not. */
const sees = everything({ kind: 'api', name: 'ann' }, true)
const not = everything({ kind: 'cli', name: 'bob' })

async function staged(by: Principal) {
  const record = { partition: 0, timestamp: 1, key: null, value: codec.encode('orders', event), headers: [] }
  const read = async (places: readonly { readonly topic: string; readonly offset: number }[]) =>
    places.map(({ topic, offset }) => ({ topic, offset: BigInt(offset), ...record }))
  const api = apiFixture({ staged: { reader: { read }, codec, topicPrefix: '' } })
  await api.tables.put(CONNECTIONS, { kind: 'connection', id: 'c1', document: encodeConnection(connectionWith('c1')) })
  const places = { source: { topic: 'orders', partition: 0, offset: 1, bytes: 10 }, mapped: null }
  const told = statusRecord('deliver-erp', 1, [entityResult({ key: '1', status: 'failed' })], 't', [places])
  await stagedStage(api).handle([told], batchContext().context)
  const filter = { connection: 'c1', entity: 'orders', status: null, key: null, since: null, until: null }
  return await listStaged(api.operations, by, { filter, payloads: 'raw', limit: 10, after: null })
}

it('what is staged is shown with persons to those who may see them alone, the text of the source too', async () => {
  expect(found(await staged(sees))).toEqual(said)
  const shown = await staged(not)
  expect(found(shown)).toEqual([])
  expect(shown.items).toMatchObject([{ as_read: { event: { raw: '[personal]', data: { lines: [{ sku: 'A-1' }] } } } }])
})

async function letterOf(over: Parameters<typeof deadLettered>[0], by: Principal) {
  const api = apiFixture()
  await api.letters.project(deadLettered(over))
  return await showDeadLetter(api.operations, by, 'd-1')
}

it('a dead letter of an order shows neither its persons nor its bytes to others', async () => {
  const over = { topic: 't.orders', originalValue: codec.encode('orders', event) }
  const whole = await letterOf(over, sees)
  expect(whole.masked).toBe(false)
  expect(found(whole.event)).toEqual(said)
  expect(whole.original.value).toBe(over.originalValue.toString('base64'))
  const shown = await letterOf(over, not)
  expect(shown).toMatchObject({ masked: true, original: { value: null }, event: { key: event.key } })
  expect(found(shown)).toEqual([])
})

it('what could not be read of an order is left out, of a product it is shown', async () => {
  const unread = (stage: string) => ({ stage, topic: '', offset: -1, originalValue: Buffer.from('{"name":"Zoë"}') })
  expect((await letterOf(unread('shop.orders.all'), not)).original.value).toBeNull()
  expect((await letterOf(unread('shop.anything.all'), not)).original.value).toBeNull()
  expect((await letterOf(unread('shop.products.all'), not)).original.value).not.toBeNull()
  const product = { topic: 't.products', originalValue: codec.encode('products', productChanged({})) }
  expect(await letterOf(product, not)).toMatchObject({ masked: false, original: { value: expect.any(String) } })
})

it('a mapping test that is written of a masked order says nothing of the person, and not that it was masked', async () => {
  const over = { stage: 'route-orders', topic: 't.orders', originalValue: codec.encode('orders', event) }
  const shown = await letterOf(over, not)
  const test = deadLetterAsTest(shown, shown.event)
  expect(found(test)).toEqual([])
  expect(test).not.toContain('[personal]')
  expect(test).toContain('regionCode: TX')
})

it('answers that may say something of a person are kept by no cache; feeds say nothing of persons', async () => {
  const api = apiFixture()
  await api.configure('c1')
  for (const path of [
    '/v1/dead-letters',
    '/v1/dead-letters/none',
    '/v1/tasks',
    '/v1/backend/c1/orders',
    '/v1/parked',
  ]) {
    expect((await api.get(path)).headers['cache-control'], path).toBe('no-store')
  }
  expect((await api.get('/v1/feeds/inventory?connection=c1')).headers['cache-control']).toBeUndefined()
})
