import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SAP_B1_CREDENTIALS } from '../../simulators/sap-b1/credentials.ts'
import { subtract, text8 } from '../../src/events/decimal.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import type { SourceReader } from '../../src/systems/kit/source.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { createSapB1Client } from '../../src/systems/sap-b1/client.ts'
import { clientSettings, settings } from '../../src/systems/sap-b1/settings.ts'
import { localNetwork } from '../data/loopback.ts'
import { startCompany, type TestCompany } from '../worlds/sap-b1.ts'
import { connectable } from '../worlds/settings.ts'
import { governors, keysOf, listAll, readAll, readOf, WHOLE, wallClock } from '../worlds/sources.ts'
import { silentLogger } from '../worlds/stage-context.ts'

let company: TestCompany
beforeAll(async () => {
  company = await startCompany()
})
afterAll(async () => await company.close())
beforeEach(async () => void (await company.send('POST', '/reset')))

const client = (version: string, more: object = {}) =>
  createSapB1Client(
    {
      ...clientSettings(connectable(settings, { ...company.system({ version }), secrets: { ...SAP_B1_CREDENTIALS } })),
      ...more,
    },
    { clock: wallClock, logger: silentLogger, governors, network: localNetwork },
  )
const codes = async () => (await company.state('Items')).map(({ ItemCode }) => String(ItemCode))
const logins = async () => (await company.requests()).filter(({ path }) => path.endsWith('/Login')).length

describe.each(['v1', 'v2'])('the Service Layer %s', (version) => {
  it('gives lists page by page, with what follows, and entities by key or null', async () => {
    const sap = client(version)
    const page = await sap.find('Items', { select: ['ItemCode'], orderBy: ['ItemCode'], pageSize: 5 })
    expect(page.rows.map(({ ItemCode }) => ItemCode)).toEqual((await codes()).toSorted().slice(0, 5))
    expect(page.more).toBe(true)
    const last = (await codes()).toSorted().at(-2)
    const end = await sap.find('Items', { filter: `ItemCode gt '${last}'`, pageSize: 5 })
    expect([end.rows.length, end.more]).toEqual([1, false])
    expect(await sap.get('Items', last ?? '')).toMatchObject({ ItemCode: last })
    expect(await sap.get('Items', "none'/ü")).toBeNull()
  })

  it('finds an item whose code has quotes and slashes', async () => {
    await company.send('POST', '/items', { ItemCode: "O'Hara/1 ü" })
    expect(await client(version).get('Items', "O'Hara/1 ü")).toMatchObject({ ItemCode: "O'Hara/1 ü" })
  })

  it('is logged in to once, by however many calls at once, and once more when the session is over', async () => {
    const sap = client(version)
    const ask = () => sap.for('products').find('Items', { pageSize: 1 })
    await Promise.all([ask(), ask(), sap.find('Items', { pageSize: 1 }), sap.check()])
    expect(await logins()).toBe(1)
    await company.send('POST', '/sessions/expire')
    await Promise.all([ask(), ask(), ask(), sap.check()])
    expect(await logins()).toBe(2)
  })

  it('tells its refusals by code and words', async () => {
    const sap = client(version)
    const create = (body: object) => sap.create('Orders', body)
    await expect(create({ CardCode: 'nobody', DocumentLines: [{}] })).rejects.toMatchObject({
      code: 'target_rejected',
      details: { sapCode: '-2028' },
    })
    await expect(create({ CardCode: 'C20000', U_None: 1, DocumentLines: [] })).rejects.toMatchObject({
      code: 'target_rejected',
      message: expect.stringContaining("Property 'U_None' of 'Document' is invalid"),
    })
    const partner = { etag: 'W/"other"', replaceLists: false }
    await expect(sap.update('BusinessPartners', 'C20000', { Phone1: '1' }, partner)).rejects.toMatchObject({
      code: 'target_changed',
      details: { sapCode: '-2039', status: 412 },
    })
    await expect(sap.find('Items', { filter: 'Nothing eq 1', pageSize: 1 })).rejects.toThrow("Property 'Nothing'")
  })

  it('refuses a login by pausing the system, with nothing of the password', async () => {
    const login = { companyDb: 'SBODEMOUS', username: 'waldstream', password: 'a wrong one' }
    const refused = client(version, { login }).check()
    await expect(refused).rejects.toMatchObject({ code: 'credentials_refused', policy: 'pause' })
    await expect(refused).rejects.not.toThrow('a wrong one')
  })

  it('does not take half of an answer for the whole', async () => {
    const sap = client(version)
    await sap.check()
    await company.faults({ path: '/Items', kind: 'truncate' })
    await expect(sap.find('Items', { pageSize: 3 })).rejects.toMatchObject({ code: 'target_unavailable' })
  })

  it('is read the same', async () => {
    const of = company.system({ version })
    for (const entity of ['products', 'inventory'] as const) {
      const { entities, unreadable } = await readAll(company.reader(entity, 30, of))
      const { entities: others } = await readAll(company.reader(entity, 30))
      expect(unreadable).toEqual([])
      expect(entities).toEqual(others)
    }
  })
})

describe('products', () => {
  it.each([1, 9, 1000])('are each read once, in pages of %i, never changed ones too', async (pageSize) => {
    const { entities, unreadable, rows } = await readAll(company.reader('products', pageSize))
    expect(unreadable).toEqual([])
    expect(keysOf(entities).toSorted()).toEqual((await codes()).toSorted())
    const inOrder = (all: readonly { key: string; changedAt: string }[]) =>
      all.toSorted((a, b) => (a.key < b.key ? -1 : 1))
    expect(inOrder(await listAll(company.reader('products', pageSize)))).toEqual(inOrder(rows))
  })

  it('go on after any page as if nothing had happened', async () => {
    const { pages, entities } = await readAll(company.reader('products', 4))
    for (const [index, page] of pages.entries()) {
      const before = keysOf(pages.slice(0, index + 1).flatMap((one) => one.entities))
      const { entities: rest } = await readAll(company.reader('products', 4), WHOLE, page.reached)
      expect([...before, ...keysOf(rest)].toSorted()).toEqual(keysOf(entities).toSorted())
    }
  })

  it('have prices by list, user fields, manufacturer and whether they are sold; nothing of stock or costs', async () => {
    const { entities } = await readAll(company.reader('products', 100))
    for (const item of await company.state('Items')) {
      const { data } = entities.find(({ key }) => key === item['ItemCode']) ?? {}
      expect(data).toMatchObject({ name: item['ItemName'], barcode: item['BarCode'], currency: 'USD' })
      expect(data?.active).toBe(item['Frozen'] === 'tNO')
      expect(data?.priceLevels.map(({ level, price }) => [level, text8(price)])).toEqual(
        wiresOf(item['ItemPrices'])
          .filter(({ Price }) => Price !== 0)
          .map(({ PriceList, Price }) => [String(PriceList), String(Price)]),
      )
      expect(Object.keys(data?.attributes ?? {}).join()).not.toMatch(/Stock|Average|Warehouse[IC]/)
    }
    expect(entities.some(({ data }) => data.attributes['U_color'] !== undefined)).toBe(true)
  })

  it('come again when they change, and not when their stock does', async () => {
    const { entities } = await readAll(company.reader('products', 100))
    const [first, second] = entities
    const now = Date.now()
    await company.send('PUT', `/items/${second?.key}/warehouses/01`, { InStock: 77 })
    await company.send('PATCH', `/items/${first?.key}`, { ItemName: 'Rænamed' })
    const { entities: changed } = await readAll(company.reader('products'), { from: now - 60_000, to: now + 120_000 })
    expect(changed.map(({ key, data }) => [key, data.name])).toEqual([[first?.key, 'Rænamed']])
    expect(Math.abs((changed[0]?.occurredAt ?? 0) - now)).toBeLessThan(60_000)
  })

  it('are of the groups that the read names', async () => {
    const of = (itemGroups: string) => company.reader('products', 50, company.system(), { itemGroups })
    expect((await readAll(of('7'))).entities).toEqual([])
    expect((await readAll(of('7, 100'))).entities.length).toBe((await codes()).length)
    expect(() => of("1' or")).toThrow('reads[0].filter.itemGroups must be a list of numbers of item groups')
    // An installation that was configured before may have it still.
    const stored = readOf('sap', 'products', 50, { itemGroups: "1' or" })
    const reader = createReader(stored, company.system(), { clock: wallClock, clients: company.clients })
    await expect(readAll(reader as SourceReader<'products'>)).rejects.toMatchObject({ code: 'configuration_invalid' })
  })
})

describe('inventory', () => {
  it('is read whole by every run, with what is in stock and not committed, never less than nothing', async () => {
    const [code = ''] = await codes()
    await company.send('PUT', `/items/${code}/warehouses/01`, { InStock: 2, Committed: 5, Ordered: 100 })
    const { entities, rows } = await readAll(company.reader('inventory', 7), { from: Date.now(), to: Date.now() })
    expect(keysOf(entities)).toEqual((await codes()).toSorted())
    expect(rows).toEqual([])
    for (const item of await company.state('Items')) {
      const found = entities.find(({ key }) => key === item['ItemCode'])?.data.locations ?? []
      const expected = wiresOf(item['ItemWarehouseInfoCollection']).map((row): [unknown, number, number] => {
        const left = Math.max(0, Number(row['InStock']) - Number(row['Committed']))
        return [row['WarehouseCode'], Number(row['InStock']), item['Frozen'] === 'tYES' ? 0 : left]
      })
      const told = found.map(({ location, onHand, available }) => [
        location,
        Number(text8(onHand)),
        Number(text8(available)),
      ])
      expect(told).toEqual(expected.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)))
    }
  })

  it('of a locked warehouse and of a frozen item is not available', async () => {
    const [one = '', two = ''] = await codes()
    await company.send('PUT', `/items/${one}/warehouses/01`, { InStock: 9, Committed: 0, Locked: 'tYES' })
    await company.send('PUT', `/items/${two}/warehouses/01`, { InStock: 9, Committed: 0 })
    await company.send('PATCH', `/items/${two}`, { Frozen: 'tYES', FrozenFrom: '2020-01-01', FrozenTo: '2099-01-01' })
    const { entities } = await readAll(company.reader('inventory', 500, company.system(), { warehouses: '01' }))
    for (const code of [one, two]) {
      const [location] = entities.find(({ key }) => key === code)?.data.locations ?? []
      expect([
        location?.location,
        text8(location?.onHand ?? subtract(0n as never, 0n as never)),
        location?.available,
      ]).toEqual(['01', '9', 0n])
    }
  })

  it('goes on after a page, and tells its keys for sweeps', async () => {
    const reader = company.reader('inventory', 7)
    const { pages } = await readAll(reader)
    const rest = await readAll(reader, WHOLE, pages[2]?.reached ?? null)
    expect(keysOf(rest.entities)).toEqual((await codes()).toSorted().slice(21))
    const keys =
      reader.keys === undefined ? [] : (await Array.fromAsync(reader.keys(new AbortController().signal, false))).flat()
    expect(keysOf(keys)).toEqual((await codes()).toSorted())
  })
})

describe('fulfilments', () => {
  const order = async (reference: string, quantities: readonly number[], mark: string | null = 'digest') => {
    const skus = (await company.state('Items')).filter(({ Frozen }) => Frozen === 'tNO').map(({ ItemCode }) => ItemCode)
    const lines = quantities.map((Quantity, index) => ({
      ItemCode: skus[index],
      Quantity,
      U_WLD_Line: `line-${index}`,
    }))
    const body = {
      CardCode: 'C20000',
      NumAtCard: reference,
      DocDueDate: '2026-12-01',
      U_WLD_Digest: mark,
      DocumentLines: lines,
    }
    return wireOf(await client('v2').create('Orders', body))['DocEntry'] as number
  }
  const told = (entities: readonly { key: string; deleted: boolean; data: Wire | object }[]) =>
    entities.map(({ key, data, deleted }) => {
      const { kind, orderReference, lines } = data as {
        kind: string
        orderReference: string
        lines: readonly { lineId: string; quantity: bigint }[]
      }
      return [
        key,
        kind,
        orderReference,
        lines.map(({ lineId, quantity }) => `${lineId} ${text8(quantity as never)}`),
        deleted,
      ]
    })

  it('are deliveries of marked orders by order, with the shop’s lines and tracking, and ends of orders', async () => {
    const [a, b, c, d, e] = [
      await order('con-1', [2, 3]),
      await order('con-2', [1]),
      await order('con-3', [5]),
      await order('con-4', [4]),
      await order('mine', [4], null),
    ]
    const { DocEntry: part } = await company.send('POST', `/orders/${a}/deliver`, {
      lines: [{ LineNum: 1, Quantity: 2 }],
      TrackingNumber: '1Z1, 1Z2',
      TransportationCode: 1,
    })
    const { DocEntry: both } = await company.send('POST', '/deliveries', { orders: [a, b] })
    await company.send('POST', `/orders/${c}/deliver`, { lines: [{ LineNum: 0, Quantity: 1 }] })
    await company.send('POST', `/orders/${c}/close`)
    await company.send('POST', `/orders/${d}/cancel`)
    await company.send('POST', `/orders/${e}/cancel`)
    for (const pageSize of [1, 2, 50]) {
      const { entities, unreadable, rows } = await readAll(company.reader('fulfilments', pageSize))
      expect(unreadable).toEqual([])
      expect(told(entities).toSorted()).toEqual(
        [
          [`${part}-${a}`, 'shipment', 'con-1', ['line-1 2'], false],
          [`${both}-${a}`, 'shipment', 'con-1', ['line-0 2', 'line-1 1'], false],
          [`${both}-${b}`, 'shipment', 'con-2', ['line-0 1'], false],
          [`${Number(both) + 1}-${c}`, 'shipment', 'con-3', ['line-0 1'], false],
          [`${c}-closed`, 'closure', 'con-3', ['line-0 4'], false],
          [`${d}-canceled`, 'cancellation', 'con-4', ['line-0 4'], false],
        ].toSorted(),
      )
      expect((await listAll(company.reader('fulfilments', pageSize))).length).toBe(rows.length)
      const carrier = 'UPS Ground'
      expect(entities.find(({ key }) => key === `${part}-${a}`)?.data.tracks).toEqual([
        { number: '1Z1', carrier, title: carrier },
        { number: '1Z2', carrier, title: carrier },
      ])
    }
  })

  it('are lines that the vendor closes of an order that stays open, and why', async () => {
    await company.send('POST', '/userFields', { owner: 'Document', name: 'U_CloseReason' })
    const entry = await order('con-6', [2, 3, 1])
    await company.send('POST', `/orders/${entry}/deliver`, { lines: [{ LineNum: 1, Quantity: 1 }] })
    const sap = client('v2')
    await sap.update('Orders', entry, { U_CloseReason: 'Out of stock' }, { etag: null, replaceLists: false })
    await company.send('POST', `/orders/${entry}/closeLines`, { lines: [1] })
    const reader = company.reader('fulfilments', 50, company.system({ reasonField: 'U_CloseReason' }))
    const ends = (await readAll(reader)).entities.filter(({ data }) => data.kind === 'closure')
    expect(told(ends)).toEqual([[`${entry}-closed`, 'closure', 'con-6', ['line-1 2'], false]])
    expect(ends[0]?.data.lines).toMatchObject([{ reason: 'Out of stock' }])
  })

  it('come again when a tracking number is added, and as deleted when the delivery is canceled', async () => {
    const entry = await order('con-5', [2])
    const { DocEntry: delivery } = await company.send('POST', `/orders/${entry}/deliver`, {})
    const sap = client('v2')
    const change = { etag: null, replaceLists: false }
    await sap.update('DeliveryNotes', Number(delivery), { TrackingNumber: 'T-9' }, change)
    const [shipment] = (await readAll(company.reader('fulfilments'))).entities
    expect(shipment?.data.tracks.map(({ number }) => number)).toEqual(['T-9'])
    await sap.act('DeliveryNotes', Number(delivery), 'Cancel')
    const { entities } = await readAll(company.reader('fulfilments'))
    expect(told(entities)).toEqual([[`${delivery}-${entry}`, 'shipment', 'con-5', ['line-0 2'], true]])
  })
})
