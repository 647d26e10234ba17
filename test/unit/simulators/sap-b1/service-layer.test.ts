import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SAP_B1_CREDENTIALS } from '../../../../simulators/sap-b1/credentials.ts'
import { type SapB1SimulatorOptions, startSapB1Simulator } from '../../../../simulators/sap-b1/start.ts'
import { catalogFile } from '../../../worlds/sources.ts'

type Json = Record<string, unknown> & { value: Record<string, unknown>[]; error: { code: unknown; message: unknown } }
type Line = Record<string, unknown>

/** A simulator and one who is logged in to it. */
async function start(options: Partial<SapB1SimulatorOptions> = {}) {
  const simulator = await startSapB1Simulator({
    dataFile: ':memory:',
    catalogFile,
    vendorPattern: /^WLD-/,
    seed: 1,
    zone: 'UTC',
    ...options,
  })
  onTestFinished(async () => await simulator.close().catch(() => undefined))
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(simulator.url + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Json
    return { status: answer.status, headers: answer.headers, text, json }
  }
  const { companyDb, username, password } = SAP_B1_CREDENTIALS
  const login = { CompanyDB: companyDb, UserName: username, Password: password }
  const { headers, json: session } = await send('POST', '/b1s/v2/Login', login)
  const cookies = headers.getSetCookie()
  const cookie = cookies.map((one) => one.split(';')[0]).join('; ')
  const ask = (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
    send(method, `/b1s/${path}`, body, { cookie, ...more })
  const items = (await ask('GET', `v2/Items?$filter=${encodeURIComponent("Frozen eq 'tNO'")}`)).json.value
  return {
    simulator,
    send,
    ask,
    session,
    cookies,
    sku: String(items[0]?.['ItemCode']),
    second: String(items[1]?.['ItemCode']),
  }
}

const order = (sku: string, more: object = {}) => ({
  CardCode: 'C20000',
  DocDueDate: '2026-12-01',
  NumAtCard: 'X-1',
  DocumentLines: [{ ItemCode: sku, Quantity: 2, UnitPrice: 10, WarehouseCode: '01' }],
  ...more,
})

describe('the Service Layer’s sessions', () => {
  it('have two cookies, that of the session without a path; without the other the balancer finds no session', async () => {
    const { session, cookies, send } = await start()
    expect(session).toMatchObject({ SessionTimeout: 30 })
    expect(cookies.map((one) => one.replace(/=[^;]*/, ''))).toEqual(['B1SESSION;HttpOnly;', 'ROUTEID; path=/b1s'])
    const alone = { cookie: cookies[0]?.split(';')[0] ?? '' }
    const { status, json } = await send('GET', '/b1s/v1/Items', undefined, alone)
    expect([status, json.error]).toEqual([
      401,
      { code: 301, message: { lang: 'en-us', value: 'Invalid session or session already timeout.' } },
    ])
  })

  it('end when nothing is asked for half an hour, and are renewed by what is asked', async () => {
    let now = Date.UTC(2026, 10, 25)
    const { ask } = await start({ wall: () => now })
    for (const [minutes, status] of [
      [29, 200],
      [29, 200],
      [31, 401],
      [0, 401],
    ] as const) {
      now += minutes * 60_000
      expect((await ask('GET', 'v2/Items?$top=1')).status).toBe(status)
    }
  })

  it('are refused for a wrong password, and ended by Logout', async () => {
    const { send, ask } = await start()
    expect((await send('POST', '/b1s/v2/Login', { CompanyDB: 'SBODEMOUS', UserName: 'x', Password: 'y' })).status).toBe(
      401,
    )
    expect((await ask('POST', 'v2/Logout')).status).toBe(204)
    expect((await ask('GET', 'v2/Items')).json.error.code).toBe('301')
  })
})

describe('lists', () => {
  it.each([
    ['v1', 'odata.nextLink', 'odata.count', '$inlinecount=allpages'],
    ['v2', '@odata.nextLink', '@odata.count', '$count=true'],
  ])(
    'of %s have 20 rows, a link to the next ones, and as many as are asked for',
    async (version, link, count, asks) => {
      const { ask } = await start()
      const { json } = await ask('GET', `${version}/Items?$orderby=ItemCode&${asks}`)
      expect(json.value).toHaveLength(20)
      expect(String(json[link])).toMatch(/^Items\?.*\$skip=20$/)
      const whole = await ask('GET', `${version}/Items?$select=ItemCode`, undefined, { prefer: 'odata.maxpagesize=0' })
      expect(whole.json[link]).toBeUndefined()
      expect(Number(json[count])).toBe(whole.json.value.length)
      expect((await ask('GET', `${version}/Items/$count`)).text).toBe(String(whole.json.value.length))
      const three = await ask('GET', `${version}/Items`, undefined, { prefer: 'odata.maxpagesize=3' })
      expect([three.json.value.length, three.headers.get('preference-applied')]).toEqual([3, 'odata.maxpagesize=3'])
    },
  )

  it('are filtered by text, number, null, enumerations, dates in each form, and by minutes', async () => {
    const { ask, send, sku } = await start({ wall: () => Date.UTC(2026, 10, 25, 18, 4, 42) })
    await send('PATCH', `/_sim/items/${sku}`, { ItemName: "O'Hara" })
    const found = async (filter: string) => {
      const { status, json } = await ask('GET', `v1/Items?$filter=${encodeURIComponent(filter)}`)
      return status === 200 ? json.value.map(({ ItemCode }) => ItemCode) : json.error
    }
    for (const filter of [
      "ItemName eq 'O''Hara'",
      "startswith(ItemName,'O''') and SalesItem eq 'Y'",
      "UpdateDate eq '2026-11-25'",
      "UpdateDate ge '20261125'",
      "UpdateDate ge datetime'2026-11-25T23:00:00'",
      "UpdateDate eq '2026-11-25' and UpdateTime eq '18:04'",
      "UpdateDate eq '2026-11-25' and UpdateTime ge '1804' and not (UpdateTime ge '18:05:00')",
      "(ItemsGroupCode eq 100 and substringof('Hara',ItemName))",
    ]) {
      expect(await found(filter), filter).toEqual([sku])
    }
    expect((await found('UpdateDate eq null')) as unknown[]).not.toContain(sku)
    expect(await found('Nonsense eq 1')).toMatchObject({ code: -1000 })
    expect(await found('ItemCode eq')).toMatchObject({ code: 201 })
    expect(await found("ItemWarehouseInfoCollection/WarehouseCode eq '01'")).toMatchObject({ code: -1000 })
  })
})

describe('orders', () => {
  it('may have the same reference twice, name what is wrong, and are found or not (-2028)', async () => {
    const { ask, sku } = await start()
    const made = await ask('POST', 'v2/Orders', order(sku))
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toContain(`Orders(${made.json['DocEntry']})`)
    expect((await ask('POST', 'v2/Orders', order(sku))).status).toBe(201)
    expect((await ask('POST', 'v2/Orders', order(sku), { prefer: 'return-no-content' })).status).toBe(204)
    const wrong = [
      [order('NONE'), '-2028'],
      [order(sku, { CardCode: 'NOBODY' }), '-2028'],
      [order(sku, { U_Unknown: 1 }), '-1000'],
      [order(sku, { DocDueDate: undefined }), '-10'],
      [order(sku, { DocumentLines: [] }), '-10'],
      [order(sku, { NumAtCard: 'x'.repeat(101) }), '-5002'],
      [order(sku, { DocCurrency: 'CHF' }), '-10'],
    ] as const
    for (const [body, code] of wrong) {
      const { status, json } = await ask('POST', 'v2/Orders', body)
      expect([status, json.error.code]).toEqual([400, code])
    }
    expect((await ask('GET', 'v1/Orders(99999)')).json.error).toEqual({
      code: -2028,
      message: { lang: 'en-us', value: 'No matching records found (ODBC -2028)' },
    })
  })

  it('are changed by number of line, or wholly; only as they were read', async () => {
    const { ask, sku, second } = await start()
    const { json: made } = await ask('POST', 'v2/Orders', order(sku))
    const path = `v2/Orders(${made['DocEntry']})`
    const lines = async () =>
      ((await ask('GET', path)).json['DocumentLines'] as Line[]).map(({ LineNum, ItemCode, Quantity }) => [
        LineNum,
        ItemCode,
        Quantity,
      ])
    const more = { DocumentLines: [{ ItemCode: second, Quantity: 1 }] }
    expect((await ask('PATCH', path, more, { 'if-match': String(made['@odata.etag']) })).status).toBe(204)
    expect(await lines()).toEqual([
      [0, sku, 2],
      [1, second, 1],
    ])
    const stale = await ask('PATCH', path, more, { 'if-match': String(made['@odata.etag']) })
    expect([stale.status, stale.json.error.code]).toEqual([412, '-2039'])
    await ask(
      'PATCH',
      path,
      { DocumentLines: [{ LineNum: 1, Quantity: 5 }] },
      { 'b1s-replacecollectionsonpatch': 'true' },
    )
    expect(await lines()).toEqual([[1, second, 5]])
  })

  it('take stock while they are open, without moving the item’s time of change', async () => {
    const { ask, send, sku } = await start()
    await send('PUT', `/_sim/items/${sku}/warehouses/01`, { InStock: 10, Committed: 0 })
    const before = (await ask('GET', `v2/Items('${sku}')`)).json
    const stock = async () => {
      const { json } = await ask('GET', `v2/Items('${sku}')`)
      expect(json['UpdateTime']).toBe(before['UpdateTime'])
      const row = (json['ItemWarehouseInfoCollection'] as Line[]).find(({ WarehouseCode }) => WarehouseCode === '01')
      return [row?.['InStock'], row?.['Committed']]
    }
    const entry = (await ask('POST', 'v2/Orders', order(sku))).json['DocEntry']
    expect(await stock()).toEqual([10, 2])
    const lines = [{ BaseType: 17, BaseEntry: entry, BaseLine: 0, Quantity: 1 }]
    const { json: delivery } = await ask('POST', 'v2/DeliveryNotes', { DocumentLines: lines })
    expect(await stock()).toEqual([9, 1])
    expect((await ask('POST', `v2/Orders(${entry})/Cancel`)).json.error.message).toMatch(/target document/)
    expect((await ask('POST', 'v2/DeliveryNotes', { DocumentLines: [{ ...lines[0], Quantity: 5 }] })).status).toBe(400)
    await ask('POST', `v2/DeliveryNotes(${delivery['DocEntry']})/Cancel`)
    expect(await stock()).toEqual([10, 2])
    expect((await ask('POST', `v2/Orders(${entry})/Close`)).status).toBe(204)
    expect(await stock()).toEqual([10, 0])
    expect((await ask('PATCH', `v2/Orders(${entry})`, { Comments: 'x' })).status).toBe(400)
  })

  it('commit more than is in stock, in each warehouse, and release what is changed, closed or canceled', async () => {
    const { ask, send, sku, second } = await start()
    await send('PUT', `/_sim/items/${sku}/warehouses/01`, { InStock: 3, Committed: 0 })
    await send('POST', '/_sim/items', { ItemCode: 'NEW', ItemWarehouseInfoCollection: [] })
    await send('PATCH', `/_sim/items/${second}`, { InventoryItem: 'tNO', ItemWarehouseInfoCollection: [] })
    const stock = async (item: string) => {
      const { json } = await ask('GET', `v2/Items('${item}')`)
      const rows = json['ItemWarehouseInfoCollection'] as Line[]
      return rows.flatMap(({ WarehouseCode, InStock, Committed }) =>
        WarehouseCode === '01' ? [`${InStock} ${Committed}`] : [],
      )
    }
    const line = (ItemCode: string, Quantity: number) => ({ ItemCode, Quantity, UnitPrice: 1, WarehouseCode: '01' })
    const DocumentLines = [line(sku, 5), line('NEW', 2), line(second, 9), line(sku, 4)]
    const made = await ask('POST', 'v2/Orders', order(sku, { DocumentLines }))
    expect(made.status).toBe(201)
    const entry = made.json['DocEntry']
    expect([await stock(sku), await stock('NEW'), await stock(second)]).toEqual([['3 9'], ['0 2'], []])
    await ask('PATCH', `v2/Orders(${entry})`, { DocumentLines: [{ LineNum: 0, Quantity: 1 }] })
    expect(await stock(sku)).toEqual(['3 5'])
    await send('POST', `/_sim/orders/${entry}/closeLines`, { lines: [3] })
    expect(await stock(sku)).toEqual(['3 1'])
    await ask('POST', `v2/Orders(${entry})/Cancel`)
    expect([await stock(sku), await stock('NEW')]).toEqual([['3 0'], ['0 0']])
  })

  it('that are not confirmed commit nothing, and cannot be delivered', async () => {
    const { ask, send, sku } = await start()
    await send('PUT', `/_sim/items/${sku}/warehouses/01`, { InStock: 10, Committed: 0 })
    const stock = async () => {
      const { json } = await ask('GET', `v2/Items('${sku}')`)
      return (json['ItemWarehouseInfoCollection'] as Line[]).find(({ WarehouseCode }) => WarehouseCode === '01')
    }
    const entry = (await ask('POST', 'v2/Orders', order(sku, { Confirmed: 'tNO' }))).json['DocEntry']
    expect(await stock()).toMatchObject({ InStock: 10, Committed: 0 })
    const DocumentLines = [{ BaseType: 17, BaseEntry: entry, BaseLine: 0, Quantity: 1 }]
    expect((await ask('POST', 'v2/DeliveryNotes', { DocumentLines })).status).toBe(400)
    await ask('PATCH', `v2/Orders(${entry})`, { Confirmed: 'tYES' })
    expect(await stock()).toMatchObject({ InStock: 10, Committed: 2 })
    expect((await ask('POST', 'v2/DeliveryNotes', { DocumentLines })).status).toBe(201)
    await ask('PATCH', `v2/Orders(${entry})`, { Confirmed: 'tNO' })
    expect(await stock()).toMatchObject({ InStock: 9, Committed: 0 })
  })

  it('that are refused leave nothing behind, also where a part could be done', async () => {
    const { ask, send, sku, second } = await start()
    const both = [
      { ItemCode: sku, Quantity: 1 },
      { ItemCode: second, Quantity: 1 },
    ]
    const entry = (await ask('POST', 'v2/Orders', order(sku, { DocumentLines: both }))).json['DocEntry']
    const before = (await send('GET', '/_sim/state')).text
    const lines = [
      { BaseType: 17, BaseEntry: entry, BaseLine: 0, Quantity: 1 },
      { BaseType: 17, BaseEntry: entry, BaseLine: 1, Quantity: 9 },
    ]
    expect((await ask('POST', 'v2/DeliveryNotes', { DocumentLines: lines })).status).toBe(400)
    expect((await send('GET', '/_sim/state')).text).toBe(before)
  })
})

it('the same seed makes the same company; a data file keeps what was changed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sap-b1-'))
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }))
  const dataFile = join(folder, 'company.sqlite')
  const first = await start({ dataFile })
  const fresh = (await first.send('GET', '/_sim/state')).text
  const entry = (await first.ask('POST', 'v2/Orders', order(first.sku))).json['DocEntry']
  await first.simulator.close()
  const again = await start({ dataFile })
  expect((await again.ask('GET', `v2/Orders(${entry})`)).status).toBe(200)
  await again.send('POST', '/_sim/reset')
  expect((await again.send('GET', '/_sim/state')).text).toBe(fresh)
  expect((await again.ask('GET', 'v2/Items')).status).toBe(401)
})
