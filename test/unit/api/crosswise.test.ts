import { expect, it } from 'vitest'
import { type Need, needOf } from '../../../src/api/access.ts'
import { decimal4, decimal8 } from '../../../src/events/decimal.ts'
import { createKey, keyScopes, revokeKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { toPlainEvent } from '../../../src/platform/registry/plain-event.ts'
import { lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiTestTables } from '../../worlds/api-fixture.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

/*
 * Every route of the OpenAPI document, by every kind of caller. A route that is added without a line in `asked` fails here,
 * as does one that answers somebody whom it should not.
 */

const TOKEN = 'the-administrators-token'
const OWN = 'alder'
const OTHER = 'birch'
const boss = everything({ kind: 'cli', name: 'boss' })
const total = decimal4('12', 'total')
const line = lineOf('1', 'A-1', { rowTotal: total, unitPrice: decimal8('12', 'price') })
const order = (toPlainEvent('orders', orderChanged(orderOf([line], { grandTotal: total }))) as { data: unknown }).data
const shop = {
  type: 'magento2',
  address: 'https://shop.example.com',
  secrets: { bearer: 'env:SHOP_TOKEN' },
  reads: [{ entity: 'orders', startFrom: '2026-01-01T00:00:00Z' }],
}
const connection = (seller: string) => {
  return {
    shop: `shop-${seller}`,
    vendor: 'erp',
    ownership: { skuPattern: '^A' },
    reads: [`shop-${seller}.orders.all`],
  }
}
const replay = { topic: 'orders', processor: 'route-orders' }
const recipient = { email: ['ops@example.com'] }
const subscription = (seller: string) => {
  const secrets = { signing: `env:WALDSTREAM_SECRET_${seller.toUpperCase()}_EVENTS__SIGNING` }
  return { webhook: 'https://hooks.example.com/events', secrets, connections: [seller] }
}
const newKey = { name: 'new', scopes: ['observe'] }

interface Asked {
  /** The address, about what a seller has. */
  readonly path: (seller: string, made: Made) => string
  readonly body?: (seller: string) => unknown
  /** How an administrator is answered. */
  readonly administrator: number
  /** It changes nothing: no world of its own is needed to ask it. */
  readonly harmless?: true
  /** How a seller is answered who asks about another; 404 where nothing is said. */
  readonly stranger?: number
}

/** Ids of what was made for a seller. */
interface Made {
  readonly replay: string
  readonly request: string
  readonly rebuild: string
  readonly key: string
}

const at = (path: string, administrator: number, more: Partial<Asked> = {}): Asked => ({
  path: (seller, made) =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'seller' ? seller : made[name as keyof Made])),
  administrator,
  ...more,
})
const feed = (name: string) => ({
  [`GET /v1/feeds/${name}`]: at(`/v1/feeds/${name}?connection={seller}`, 200),
  [`GET /v1/feeds/${name}/count`]: at(`/v1/feeds/${name}/count?connection={seller}`, 200),
  [`GET /v1/feeds/${name}/items/{sku}`]: at(
    `/v1/feeds/${name}/items/s-{seller}?connection={seller}`,
    name === 'inventory' ? 200 : 404,
  ),
  [`POST /v1/feeds/${name}/items`]: at(`/v1/feeds/${name}/items?connection={seller}`, 200, {
    body: (seller) => ({ keys: [`s-${seller}`] }),
    harmless: true,
  }),
})

/** How each route is asked. A list is answered to a stranger: with nothing of others. */
const asked: Readonly<Record<string, Asked>> = {
  'GET /v1': at('/v1', 200, { stranger: 200 }),
  'GET /v1/caller': at('/v1/caller', 200, { stranger: 200 }),
  'GET /v1/events': at('/v1/events?seconds=0', 200, { stranger: 200 }),
  'GET /health/live': at('/health/live', 200, { stranger: 200 }),
  'GET /health/ready': at('/health/ready', 200, { stranger: 200 }),
  ...feed('products'),
  ...feed('inventory'),
  ...feed('prices'),
  ...feed('images'),
  'POST /v1/orders/{source}': at('/v1/orders/shop-{seller}', 202, { body: () => order }),
  'GET /v1/orders': at('/v1/orders?sku=sku-{seller}', 200, { stranger: 200 }),
  'POST /v1/persons/orders': at('/v1/persons/orders', 403, {
    body: (seller) => ({ email: `zoe@${seller}.example` }),
    stranger: 200,
  }),
  'GET /v1/orders/{source}/{number}': at('/v1/orders/shop-{seller}/k-{seller}', 200),
  'GET /v1/orders/{source}/{number}/steps/{step}': at('/v1/orders/shop-{seller}/k-{seller}/steps/none', 404),
  'PUT /v1/orders/{source}/{number}/hold': at('/v1/orders/shop-{seller}/k-{seller}/hold', 200, {
    body: () => ({ reason: 'no' }),
  }),
  'POST /v1/orders/{source}/{number}/release': at('/v1/orders/shop-{seller}/k-{seller}/release', 200),
  'POST /v1/orders/{source}/{number}/cancel': at('/v1/orders/shop-{seller}/k-{seller}/cancel', 409, {
    body: (seller) => ({ connection: seller, reason: 'no' }),
  }),
  'POST /v1/orders/{source}/{number}/resend': at('/v1/orders/shop-{seller}/k-{seller}/resend', 409, {
    body: (seller) => ({ connection: seller, reason: 'no' }),
  }),
  'GET /v1/order-holds': at('/v1/order-holds', 200, { stranger: 200 }),
  'POST /v1/orders/{source}/{number}/fulfilments': at('/v1/orders/shop-{seller}/k-{seller}/fulfilments', 409, {
    body: (seller) => ({ connection: seller, kind: 'confirmation' }),
  }),
  'POST /v1/orders/{source}/{number}/share': at('/v1/orders/shop-{seller}/k-{seller}/share', 201, {
    body: (seller) => ({ connection: seller }),
  }),
  'GET /v1/orders/{source}/{number}/shares': at('/v1/orders/shop-{seller}/k-{seller}/shares', 200),
  'POST /v1/orders/{source}/{number}/shares/{id}/revoke': at(
    '/v1/orders/shop-{seller}/k-{seller}/shares/none/revoke',
    404,
  ),
  'POST /v1/webhooks/{system}': at('/v1/webhooks/shop-{seller}', 401, { body: () => ({ id: 'h' }), stranger: 401 }),
  'GET /v1/status': at('/v1/status', 200, { stranger: 200 }),
  'GET /v1/figures': at('/v1/figures?connection={seller}', 200),
  'GET /v1/history/{connection}/{key}': at('/v1/history/{seller}/s-{seller}', 200),
  'GET /v1/pulls': at('/v1/pulls?connection={seller}', 200),
  'GET /v1/tasks': at('/v1/tasks', 200, { stranger: 200 }),
  'GET /v1/tasks/{id}': at('/v1/tasks/t-{seller}', 200),
  'GET /v1/tasks/{id}/entities': at('/v1/tasks/t-{seller}/entities', 200),
  'GET /v1/tasks/{id}/entities/{connection}/{key}': at('/v1/tasks/t-{seller}/entities/{seller}/k-{seller}', 200),
  'POST /v1/tasks/{id}/retry': at('/v1/tasks/t-{seller}/retry', 200, { body: () => ({ dryRun: true }) }),
  'POST /v1/tasks/{id}/cancel': at('/v1/tasks/t-{seller}/cancel', 409, { body: () => ({ reason: 'no' }) }),
  'GET /v1/dead-letters': at('/v1/dead-letters', 200, { stranger: 200 }),
  'GET /v1/dead-letters/money': at('/v1/dead-letters/money', 200, { stranger: 200 }),
  'GET /v1/dead-letters/{id}': at('/v1/dead-letters/d-{seller}', 200),
  'GET /v1/dead-letters/{id}/preview': at('/v1/dead-letters/d-{seller}/preview', 200),
  'POST /v1/dead-letters/{id}/retry': at('/v1/dead-letters/d-{seller}/retry', 200, { body: () => ({}) }),
  'POST /v1/dead-letters/retry': at('/v1/dead-letters/retry', 200, {
    body: (seller) => ({ connection: seller }),
    stranger: 200,
  }),
  'POST /v1/dead-letters/{id}/discard': at('/v1/dead-letters/d-{seller}/discard', 200, {
    body: () => ({ reason: 'no', confirm: true }),
  }),
  'POST /v1/dead-letters/discard': at('/v1/dead-letters/discard', 200, {
    body: (seller) => ({ connection: seller, reason: 'no', confirm: true }),
    stranger: 200,
  }),
  'GET /v1/frontend/{connection}/{entity}': at('/v1/frontend/{seller}/inventory', 200),
  'GET /v1/backend/{connection}/{entity}': at('/v1/backend/{seller}/orders', 200),
  'GET /v1/pauses': at('/v1/pauses', 200, { stranger: 200 }),
  'PUT /v1/pauses/{stage}/{connection}': at('/v1/pauses/route-orders/{seller}', 200, {
    body: () => ({ reason: 'no' }),
  }),
  'POST /v1/pauses/{stage}/{connection}/resume': at('/v1/pauses/map-products/{seller}/resume', 200),
  'POST /v1/parked/try': at('/v1/parked/try', 409, {
    body: (seller) => ({ stage: 'deliver-erp', connection: seller, key: `vendor-orders|k-${seller}` }),
  }),
  'GET /v1/parked': at('/v1/parked', 200, { stranger: 200 }),
  'GET /v1/reads': at('/v1/reads', 200, { stranger: 200 }),
  'GET /v1/reads/{id}': at('/v1/reads/shop-{seller}.orders.all', 200),
  'PUT /v1/reads/{id}/cut-date': at('/v1/reads/shop-{seller}.orders.all/cut-date', 200, {
    body: () => ({ cut_date: null, revision: 0, reason: 'again' }),
  }),
  'POST /v1/sync-requests': at('/v1/sync-requests', 202, { body: (seller) => ({ read: `shop-${seller}.orders.all` }) }),
  'GET /v1/sync-requests/{id}': at('/v1/sync-requests/{request}', 200),
  'POST /v1/replays': at('/v1/replays', 202, { body: (seller) => ({ ...replay, connection: seller }) }),
  'GET /v1/replays': at('/v1/replays', 200, { stranger: 200 }),
  'GET /v1/replay-targets': at('/v1/replay-targets', 200, { stranger: 200 }),
  'GET /v1/replays/{id}': at('/v1/replays/{replay}', 200),
  'POST /v1/replays/{id}/cancel': at('/v1/replays/{replay}/cancel', 202),
  'POST /v1/rebuilds': at('/v1/rebuilds', 202, { body: () => ({ table: 'images' }) }),
  'GET /v1/rebuilds': at('/v1/rebuilds', 200, { stranger: 200 }),
  'GET /v1/rebuilds/{id}': at('/v1/rebuilds/{rebuild}', 200),
  'POST /v1/rebuilds/{id}/switch': at('/v1/rebuilds/{rebuild}/switch', 409),
  'POST /v1/rebuilds/{id}/undo': at('/v1/rebuilds/{rebuild}/undo', 409),
  'DELETE /v1/rebuilds/{id}': at('/v1/rebuilds/{rebuild}?confirm=true', 200),
  'GET /v1/system/processes': at('/v1/system/processes', 200),
  'GET /v1/system/consumers': at('/v1/system/consumers', 200),
  'GET /v1/system/topics': at('/v1/system/topics', 200),
  'GET /v1/system/tables': at('/v1/system/tables', 200),
  'GET /v1/system/versions': at('/v1/system/versions', 200),
  'POST /v1/system/test': at('/v1/system/test', 200, { harmless: true }),
  'GET /v1/systems': at('/v1/systems', 200, { stranger: 200 }),
  'GET /v1/systems/{id}': at('/v1/systems/shop-{seller}', 200),
  'PUT /v1/systems/{id}': at('/v1/systems/shop-{seller}', 200, { body: () => shop }),
  'DELETE /v1/systems/{id}': at('/v1/systems/shop-{seller}?confirm=true', 409),
  // Recipients are for those who see everything.
  'GET /v1/recipients': at('/v1/recipients', 200, { stranger: 200 }),
  'GET /v1/recipients/{id}': at('/v1/recipients/none', 404),
  'PUT /v1/recipients/{id}': at('/v1/recipients/ops', 201, { body: () => recipient }),
  'DELETE /v1/recipients/{id}': at('/v1/recipients/none?confirm=true', 404, { harmless: true }),
  'POST /v1/recipients/{id}/test': at('/v1/recipients/none/test', 404, { harmless: true }),
  // The documents of subscriptions, too; what a seller's own is sent, the seller sees.
  'GET /v1/subscriptions': at('/v1/subscriptions', 200, { stranger: 200 }),
  'GET /v1/subscriptions/{id}': at('/v1/subscriptions/{seller}-events', 200),
  'PUT /v1/subscriptions/{id}': at('/v1/subscriptions/new', 201, { body: (seller) => ({ connections: [seller] }) }),
  'DELETE /v1/subscriptions/{id}': at('/v1/subscriptions/none?confirm=true', 404, { harmless: true }),
  'GET /v1/subscription-status': at('/v1/subscription-status', 200, { stranger: 200 }),
  'GET /v1/outgoing-events': at('/v1/outgoing-events?subscription={seller}-events', 200),
  'POST /v1/subscriptions/{id}/replay': at('/v1/subscriptions/{seller}-events/replay', 202, {
    body: () => ({ from: '2026-01-31T07:00:00Z' }),
  }),
  'POST /v1/subscriptions/{id}/resume': at('/v1/subscriptions/{seller}-events/resume', 204),
  // None of its events is refused.
  'POST /v1/subscriptions/{id}/skip': at('/v1/subscriptions/{seller}-events/skip', 404, {
    body: () => ({ event: 'none', reason: 'r' }),
  }),
  'GET /v1/connections': at('/v1/connections', 200, { stranger: 200 }),
  'GET /v1/connections/{id}': at('/v1/connections/{seller}', 200),
  'PUT /v1/connections/{id}': at('/v1/connections/{seller}', 200, { body: connection }),
  // Its subscription needs it.
  'DELETE /v1/connections/{id}': at('/v1/connections/{seller}?confirm=true', 409),
  'POST /v1/systems/{id}/test': at('/v1/systems/shop-{seller}/test', 200, { harmless: true }),
  'POST /v1/connections/{id}/test': at('/v1/connections/{seller}/test', 200, { harmless: true }),
  'GET /v1/connections/{id}/metadata': at('/v1/connections/{seller}/metadata', 404),
  'PUT /v1/connections/{id}/metadata': at('/v1/connections/{seller}/metadata', 201, {
    body: () => ({ attributes: [{ attribute: 'name', from: 'name' }] }),
  }),
  'DELETE /v1/connections/{id}/metadata': at('/v1/connections/{seller}/metadata?confirm=true', 404, {
    harmless: true,
  }),
  'POST /v1/connections/{id}/metadata/preview': at('/v1/connections/{seller}/metadata/preview', 200, {
    body: () => ({ attributes: [{ attribute: 'name', from: 'name' }] }),
  }),
  'POST /v1/connections/{id}/order-map/preview': at('/v1/connections/{seller}/order-map/preview', 200, {
    body: () => ({ orderMap: { fields: [{ attribute: 'custbody_x', constant: 'x' }] } }),
  }),
  'GET /v1/configuration/schema': at('/v1/configuration/schema', 200, { stranger: 200 }),
  'GET /v1/configuration/changes': at('/v1/configuration/changes', 200, { stranger: 200 }),
  'POST /v1/persons/forget': at('/v1/persons/forget', 200, {
    body: () => ({ person: 'zoe@example.com', dryRun: true }),
    stranger: 403,
  }),
  'GET /v1/audit': at('/v1/audit', 200, { stranger: 403 }),
  'GET /v1/keys': at('/v1/keys', 200, { stranger: 403 }),
  'POST /v1/keys': at('/v1/keys', 201, { body: () => newKey, stranger: 403 }),
  'GET /v1/keys/{id}': at('/v1/keys/{key}', 200, { stranger: 403 }),
  'POST /v1/keys/{id}/rotate': at('/v1/keys/{key}/rotate', 200, { stranger: 403 }),
  'POST /v1/keys/{id}/revoke': at('/v1/keys/{key}/revoke', 200, { stranger: 403 }),
}

/** Calls of tables, counted. */
function counting(tables: Tables) {
  const calls = { count: 0 }
  const counted = Object.fromEntries(
    Object.entries(tables).map(([name, call]) => [
      name,
      (...given: readonly unknown[]) => {
        calls.count += 1
        return (call as (...all: readonly unknown[]) => unknown)(...given)
      },
    ]),
  )
  return { tables: counted as unknown as Tables, calls }
}

async function world() {
  const { tables, calls } = counting(memoryTables(apiTestTables))
  const api = await twoSellers([OWN, OTHER], { token: TOKEN }, tables)
  const { operations } = api
  const all = { connections: undefined, systems: undefined, expiresAt: null }
  const keyOf = async (
    name: string,
    scopes: readonly (typeof keyScopes)[number][],
    more: Partial<typeof all> | object = {},
  ) => await createKey(operations, boss, { name, scopes, ...all, ...more })
  const notAdministering = keyScopes.filter((scope) => scope !== 'administer')
  const reach = { connections: [OWN], systems: [`shop-${OWN}`] }
  const seller = await keyOf('seller', notAdministering, reach)
  const revoked = await keyOf('revoked', keyScopes)
  await revokeKey(operations, boss, { id: revoked.id, reason: null })
  const expired = await keyOf('expired', keyScopes, { expiresAt: api.clock.time + 1 })
  api.clock.time += 2
  const administrator = await keyOf('administrator', ['administer'])
  const small = new Map<string, string>()
  for (const scope of keyScopes) {
    small.set(
      scope,
      (
        await keyOf(
          `all but ${scope}`,
          notAdministering.filter((one) => one !== scope),
        )
      ).key,
    )
  }
  const admin = { authorization: `Bearer ${TOKEN}` }
  const made = new Map<string, Made>()
  for (const name of [OWN, OTHER]) {
    const asking = await api.send('POST', '/v1/replays', { ...replay, connection: name }, admin)
    const request = await api.send('POST', '/v1/sync-requests', { read: `shop-${name}.orders.all` }, admin)
    const rebuilds = await api.send('POST', '/v1/rebuilds', { table: name === OWN ? 'products' : 'inventory' }, admin)
    const ids = { replay: asking.json.id, request: request.json.id, rebuild: rebuilds.json.id, key: seller.id }
    made.set(name, ids)
    await api.send('PUT', `/v1/subscriptions/${name}-events`, subscription(name), admin)
    expect(Object.values(ids)).not.toContain(undefined)
  }
  const madeOf = (name: string): Made =>
    made.get(name) ?? { replay: 'no-replay', request: 'no-request', rebuild: 'no-rebuild', key: 'no-key' }
  async function ask(route: string, bearer: string | null, name: string) {
    const { path, body } = asked[route] ?? at('/forgotten', 0)
    const [method = ''] = route.split(' ')
    const payload = body?.(name)
    const before = calls.count
    const answer = await api.app.inject({
      method: method as 'GET',
      url: path(name, madeOf(name)),
      ...(payload === undefined ? {} : { payload: payload as object }),
      headers: bearer === null ? {} : { authorization: `Bearer ${bearer}` },
    })
    return { status: answer.statusCode, text: answer.body, calls: calls.count - before }
  }
  return { ...api, ask, madeOf, seller, revoked, expired, administrator, small }
}

/** Routes of the OpenAPI document, with what each needs. */
async function routesOf({ get }: Awaited<ReturnType<typeof world>>) {
  const { paths } = (await get('/openapi.json', { authorization: `Bearer ${TOKEN}` })).json
  return Object.entries<Record<string, { 'x-needs': Need }>>(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, about]) => {
      return { route: `${method.toUpperCase()} ${path}`, need: about['x-needs'] }
    }),
  )
}

it('every route is asked here, and says what it needs', async () => {
  const routes = await routesOf(await world())
  expect(routes.length).toBeGreaterThan(55)
  expect(routes.map(({ route }) => route).toSorted()).toEqual(Object.keys(asked).toSorted())
  for (const { route, need } of routes) {
    const [method = '', path] = route.split(' ')
    expect([route, need]).toEqual([route, needOf(method, path?.replaceAll(/\{(\w+)\}/g, ':$1'))])
  }
})

it('every route by every caller: nobody is answered whom it does not serve', async () => {
  const start = await world()
  const { ask, seller, revoked, expired, small } = start
  const routes = await routesOf(start)
  const wrongSecret = `${seller.key.slice(0, -43)}${'A'.repeat(43)}`
  const refused: readonly (readonly [string, string | null])[] = [
    ['nobody', null],
    ['a wrong token', `${TOKEN}x`],
    ['a malformed key', 'wsk_nothing'],
    ['an unknown key', seller.key.replace(/^wsk_.{12}/, 'wsk_aaaaaaaaaaaa')],
    ['a wrong secret', wrongSecret],
    ['a revoked key', revoked.key],
    ['an expired key', expired.key],
  ]
  const table: Record<string, Record<string, number>> = {}
  const wrong: string[] = []
  const note = (who: string, route: string, status: number, expected: number) => {
    const row = table[who] ?? {}
    table[who] = row
    row[status] = (row[status] ?? 0) + 1
    if (status !== expected) wrong.push(`${who}: ${route}: ${status}, not ${expected}`)
  }
  for (const { route, need } of routes) {
    for (const [who, bearer] of refused) {
      const { status } = await ask(route, bearer, OTHER)
      note(who, route, status, need === 'open' ? 200 : 401)
    }
    const lacks = small.get(need)
    if (lacks !== undefined) note('too small a scope', route, (await ask(route, lacks, OTHER)).status, 403)
    const stranger = await ask(route, seller.key, OTHER)
    note("another seller's key", route, stranger.status, asked[route]?.stranger ?? 404)
    // What was asked for is repeated by an error; anything else of the other seller would be a leak.
    const leaked = stranger.status < 400 && new RegExp(`(shop|t|d|k|s)-${OTHER}|"${OTHER}"`).test(stranger.text)
    if (leaked) wrong.push(`another seller's key: ${route}: ${stranger.text.slice(0, 200)}`)
  }
  // What an administrator changes is changed in a world of its own.
  for (const { route } of routes) {
    const fresh = route.startsWith('GET') || asked[route]?.harmless === true ? start : await world()
    const { status, text } = await fresh.ask(route, fresh.administrator.key, OTHER)
    note('an administrator', route, status, asked[route]?.administrator ?? 0)
    if (status >= 500) wrong.push(text)
  }
  console.table(table)
  expect(wrong).toEqual([])
})

it('what is of others is answered as what is not there: same words, same work', async () => {
  const start = await world()
  const { ask, seller, madeOf } = start
  const differing: string[] = []
  // Refused sign-ins of one address are noted once in a while: not now.
  await ask('GET /v1/tasks', null, OTHER)
  let compared = 0
  // What is known of all systems is read once for many hooks, whoever they name.
  await ask('POST /v1/webhooks/{system}', seller.key, 'nobody')
  for (const { route } of await routesOf(start)) {
    const [theirs, nobodys] = [await ask(route, seller.key, OTHER), await ask(route, seller.key, 'nobody')]
    if (theirs.status < 400) continue
    compared += 1
    const plain = (name: string, text: string) =>
      Object.values(madeOf(name))
        .reduce((rest, id) => rest.replaceAll(id, 'ID'), text)
        .replaceAll(name, 'NAME')
    if (theirs.status !== nobodys.status) differing.push(`${route}: ${theirs.status}, ${nobodys.status}`)
    if (plain(OTHER, theirs.text) !== plain('nobody', nobodys.text)) {
      differing.push(`${route}: ${theirs.text}\n${nobodys.text}`)
    }
    if (theirs.calls !== nobodys.calls) {
      // What is looked up anew once in a while may fall on one of them: it does not fall on the same one again.
      const [anew, nobodysAnew] = [await ask(route, seller.key, OTHER), await ask(route, seller.key, 'nobody')]
      const [least, nobodysLeast] = [Math.min(theirs.calls, anew.calls), Math.min(nobodys.calls, nobodysAnew.calls)]
      if (least !== nobodysLeast) differing.push(`${route}: ${least} calls of tables, ${nobodysLeast}`)
    }
  }
  expect(differing).toEqual([])
  expect(compared).toBeGreaterThan(25)
})
