import { expect, it } from 'vitest'
import { decimal4 } from '../../../src/events/decimal.ts'
import { applyConfiguration } from '../../../src/operations/configuration.ts'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { deadLettered } from '../../data/dead-letters.ts'
import { lineOf, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { configurationOf } from '../../worlds/two-sellers.ts'

const PATH = '/v1/dead-letters/money'

function fixture() {
  const api = apiFixture({ topicPrefix: 't.', token: 'the-token' })
  const admin = { authorization: 'Bearer the-token' }
  const add = async (
    id: string,
    total: string,
    { number = id, currency = 'USD', ...over } = {} as Record<string, string>,
  ) => {
    const order = orderOf([lineOf('1', 'A-1')], { grandTotal: decimal4(total, 'total'), currency })
    const originalValue = api.letters.codec.encode(
      'vendor-orders',
      vendorOrder(over['connection'] ?? 'c1', number, order),
    )
    await api.letters.project(deadLettered({ deadLetterId: id, key: number, originalValue, ...over }))
  }
  const money = async (query = '', headers: Record<string, string> = admin) =>
    (await api.get(`${PATH}?${query}`, headers)).json.groups
  return { ...api, add, money }
}

it('adds up the orders of each group by currency, to the last decimal', async () => {
  const { add, money } = fixture()
  await add('a', '0.1')
  await add('b', '0.2')
  await add('c', '9007199254740993.0001')
  await add('d', '5', { currency: 'EUR' })
  await add('e', '7', { connection: 'c2' })
  expect(await money('connection=c1')).toMatchObject([
    {
      connection: 'c1',
      orders: 4,
      amounts: [
        { currency: 'EUR', total: '5' },
        { currency: 'USD', total: '9007199254740993.3001' },
      ],
      complete: true,
    },
  ])
  expect(await money('connection=c2')).toMatchObject([{ orders: 1, amounts: [{ currency: 'USD', total: '7' }] }])
})

it('counts an order once that has several dead letters: as it is in the newest', async () => {
  const { letters, add, money } = fixture()
  await add('old', '10', { number: '100' })
  const value = letters.codec.encode(
    'vendor-orders',
    vendorOrder('c1', '100', orderOf([lineOf('1', 'A-1')], { grandTotal: decimal4('12', 'total') })),
  )
  await letters.project(deadLettered({ deadLetterId: 'new', key: '100', originalValue: value, firstAt: 9_000 }))
  expect(await money()).toMatchObject([{ orders: 1, amounts: [{ total: '12' }], complete: true }])
})

it('says that it is more where an order can not be read, and nothing of what is no order', async () => {
  const { letters, add, money } = fixture()
  await add('a', '10')
  await letters.project(deadLettered({ deadLetterId: 'b' }))
  await letters.project(deadLettered({ deadLetterId: 'c', topic: 't.products', stage: 'map-products' }))
  expect(await money()).toMatchObject([{ orders: 1, amounts: [{ total: '10' }], complete: false }])
})

it('reads so many of a group and no more, and says so', async () => {
  const { add, money } = fixture()
  for (let index = 0; index < 201; index += 1) await add(`d${index}`, '1')
  expect(await money()).toMatchObject([{ orders: 200, amounts: [{ currency: 'USD', total: '200' }], complete: false }])
})

it('says nothing of the money of others', async () => {
  const { operations, add, money } = fixture()
  await add('a', '10')
  await add('b', '20', { connection: 'c2' })
  const boss = everything({ kind: 'cli', name: 'boss' })
  await applyConfiguration(operations, boss, { configuration: configurationOf(['c1', 'c2']), reason: null })
  const { key } = await createKey(operations, boss, {
    name: 'c2',
    scopes: ['observe'],
    connections: ['c2'],
    systems: [],
    expiresAt: null,
  })
  expect(await money('', { authorization: `Bearer ${key}` })).toMatchObject([{ connection: 'c2', orders: 1 }])
})
