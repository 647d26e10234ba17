import type { FastifyInstance } from 'fastify'
import { type Company, touched } from './company.ts'
import { createDelivery } from './deliveries.ts'
import { closeLines, endOrder } from './orders.ts'
import { notFound, SapProblem } from './problems.ts'
import { asList, asObject, checkProperties } from './properties.ts'
import type { LateCreates } from './routes.ts'
import { itemOf } from './seed.ts'
import type { Sessions } from './sessions.ts'
import { emptyStock, withSums } from './stock.ts'
import type { Entity } from './store.ts'

/** Routes that change the company from outside, as its users would. */
export function addControlRoutes(app: FastifyInstance, company: Company, sessions: Sessions, late: LateCreates): void {
  const { store } = company
  const change = <T>(work: () => T): T => store.change(work)
  app.register(
    (control, _options, done) => {
      control.setErrorHandler((error, _request, reply) => {
        const status = error instanceof SapProblem ? error.status : 400
        return reply.code(status).send({ message: String(error) })
      })
      control.post('/sessions/expire', async () => ({ ended: sessions.expireAll() }))
      control.get('/late', async () => late)
      control.post('/late', async ({ body }) => {
        const { ms, times } = asObject(body)
        return Object.assign(late, { ms: Number(ms), left: Number(times) })
      })
      control.post('/userFields', async ({ body }) => {
        const { owner, name } = asObject(body)
        change(() => store.addUserField(String(owner), String(name)))
        return { owner, name }
      })
      control.post('/items', async ({ body }, reply) => {
        const { ItemCode, ItemName = ItemCode, ...fields } = asObject(body)
        const { date, time } = company.now()
        const item = itemOf({ sku: String(ItemCode), name: String(ItemName), online: true })
        const times = { CreateDate: date, CreateTime: time, UpdateDate: null, UpdateTime: null }
        change(() => store.put('Items', withSums({ ...item, ...times, ...fields })))
        return reply.code(201).send({ ItemCode })
      })
      control.patch<Keyed>('/items/:key', async ({ params, body }) => {
        const fields = asObject(body)
        checkProperties(store, 'Item', fields)
        change(() => store.put('Items', touched(company, { ...itemIn(company, params.key), ...fields })))
        return { ItemCode: params.key, ...company.now() }
      })
      control.put<{ Params: { key: string; list: string } }>('/items/:key/prices/:list', async ({ params, body }) =>
        change(() => setPrice(company, params.key, Number(params.list), asObject(body))),
      )
      control.patch<Keyed>('/priceLists/:key', async ({ params, body }) => {
        const list = store.get('PriceLists', params.key)
        if (list === undefined) throw notFound()
        const fields = asObject(body)
        checkProperties(store, 'PriceList', fields)
        change(() => store.put('PriceLists', { ...list, ...fields }))
        return { PriceListNo: list['PriceListNo'] }
      })
      control.put('/specialPrices', async ({ body }) => change(() => setSpecialPrice(company, asObject(body))))
      control.delete<Keyed>('/items/:key', async ({ params }) => {
        change(() => store.remove('Items', params.key))
        return { deleted: params.key }
      })
      control.put<{ Params: { key: string; warehouse: string } }>(
        '/items/:key/warehouses/:warehouse',
        async ({ params, body }) => change(() => setStock(company, params.key, params.warehouse, asObject(body))),
      )
      control.post<Keyed>('/orders/:key/deliver', async ({ params, body }) => {
        const { DocEntry } = change(() => deliver(company, [params.key], asObject(body)))
        return { DocEntry }
      })
      control.post('/deliveries', async ({ body }) => {
        const { orders, ...fields } = asObject(body)
        const { DocEntry } = change(() => deliver(company, Array.isArray(orders) ? orders.map(String) : [], fields))
        return { DocEntry }
      })
      control.post<Keyed>('/orders/:key/closeLines', async ({ params, body }) => {
        const { lines } = asObject(body)
        change(() => closeLines(company, params.key, new Set((lines as number[]).map(Number))))
        return { DocEntry: Number(params.key) }
      })
      for (const [path, action] of [['close', 'Close'] as const, ['cancel', 'Cancel'] as const]) {
        control.post<Keyed>(`/orders/:key/${path}`, async ({ params }) => {
          change(() => endOrder(company, params.key, action))
          return { DocEntry: Number(params.key) }
        })
      }
      done()
    },
    { prefix: '/_sim' },
  )
}

interface Keyed {
  Params: { key: string }
}

function itemIn({ store }: Company, key: string): Entity {
  const item = store.get('Items', key)
  if (item === undefined) throw notFound()
  return item
}

/**
 * Sets an item's price in a list, as the window of price lists does. SAP documents no change time of prices, so the
 * item's UpdateDate does not change: the case that a reader must find without it.
 */
function setPrice(company: Company, key: string, list: number, fields: Entity): Entity {
  const item = itemIn(company, key)
  const rows = asList(item['ItemPrices'])
  const before = rows.find((row) => row['PriceList'] === list)
  if (before === undefined) throw notFound()
  const changed: Entity = { ...before, ...fields }
  company.store.put('Items', { ...item, ItemPrices: rows.map((row) => (row === before ? changed : row)) })
  return changed
}

/** A special price of a customer (`CardCode`), or of a price list (`*1`); without any price it is removed. */
function setSpecialPrice({ store }: Company, fields: Entity): Entity {
  checkProperties(store, 'SpecialPrice', fields)
  const usual = { DiscountPercent: 0, PriceListNum: 1, AutoUpdate: 'tNO', SourcePrice: 'sc_PrimaryCurrency' }
  const always = { Currency: '$', Valid: 'tNO', ValidFrom: null, ValidTo: null, SpecialPriceDataAreas: [] }
  const made: Entity = { ...usual, ...always, ...fields }
  if (fields['Price'] === null) store.remove('SpecialPrices', `${made['ItemCode']} ${made['CardCode']}`)
  else store.put('SpecialPrices', made)
  return made
}

/** Sets an item's stock in a warehouse; its UpdateDate does not change. */
function setStock(company: Company, key: string, warehouse: string, fields: Entity): Entity {
  const item = itemIn(company, key)
  const rows = asList(item['ItemWarehouseInfoCollection'])
  const before = rows.find((row) => row['WarehouseCode'] === warehouse)
  const changed: Entity = { ...emptyStock(key, warehouse), ...before, ...fields }
  const others = rows.filter((row) => row !== before)
  company.store.put('Items', withSums({ ...item, ItemWarehouseInfoCollection: [...others, changed] }))
  return changed
}

/** Delivers everything open of the orders, or the `lines` ({LineNum, Quantity}) of a single order. */
function deliver(company: Company, orders: readonly string[], { lines, ...fields }: Entity): Entity {
  const sent = lines === undefined ? undefined : asList(lines)
  const taken = orders.flatMap((entry) => {
    const order = company.store.get('Orders', entry)
    if (order === undefined) throw notFound()
    const open = asList(order['DocumentLines']).filter((line) => line['LineStatus'] === 'bost_Open')
    const chosen =
      sent ?? open.map(({ LineNum, RemainingOpenQuantity }) => ({ LineNum, Quantity: RemainingOpenQuantity }))
    return chosen.map(({ LineNum, Quantity }) => {
      return { BaseType: 17, BaseEntry: Number(entry), BaseLine: LineNum, Quantity }
    })
  })
  return createDelivery(company, { ...fields, DocumentLines: taken })
}
