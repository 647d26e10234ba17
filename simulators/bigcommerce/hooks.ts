import { createHash, createHmac } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { BIGCOMMERCE_CREDENTIALS } from './credentials.ts'
import { envelope, type Params, pageOf, slice } from './lists.ts'
import { BigCommerceError } from './problems.ts'
import type { Announce, Announced, Shop } from './shop.ts'
import type { Hook } from './wire-types.ts'

/** How hooks arrive: twice each, or held until flushed and then sent in reverse order. */
export interface HookHabits {
  duplicates: boolean
  hold: boolean
}

/** A call to a destination. */
interface Callback {
  url: string
  body: string
  id: string
  headers: Record<string, string>
}

export interface HookSender {
  announce: Announce
  setHabits(habits: Partial<HookHabits>): void
  /** Sends held hooks in reverse order; resolves when all are answered. */
  flush(): Promise<void>
  /** Statuses of the answers in order of arrival; 0: no answer. */
  answers(): readonly number[]
}

const TIMEOUT_MS = 10_000

/** Calls the registered hooks when something changes, signed as Standard Webhooks; hooks contain only ids. */
export function createHookSender(shop: Shop): HookSender {
  const habits: HookHabits = { duplicates: false, hold: false }
  const held: Callback[] = []
  const answers: number[] = []
  const underWay = new Set<Promise<void>>()
  const send = (callback: Callback) => {
    const sending = call(callback).then((status) => {
      answers.push(status)
      underWay.delete(sending)
    })
    underWay.add(sending)
  }
  return {
    announce(scope, data) {
      const events = [{ scope, data }, ...ofChannel(shop, scope, data)]
      const made = events.flatMap((event) =>
        shop.store.hooks
          .all()
          .filter((hook) => hook.is_active && matches(hook.scope, event.scope))
          .map((hook) => callbackOf(shop, hook, event)),
      )
      for (const callback of made.flatMap((one) => (habits.duplicates ? [one, one] : [one]))) {
        if (habits.hold) held.push(callback)
        else send(callback)
      }
    },
    setHabits(given) {
      Object.assign(habits, given)
    },
    async flush() {
      for (const callback of held.splice(0).toReversed()) {
        send(callback)
        await Promise.all(underWay)
      }
      await Promise.all(underWay)
    },
    answers: () => answers,
  }
}

/** `store/order/*` matches every scope below it. */
function matches(registered: string, scope: string): boolean {
  return registered === scope || (registered.endsWith('/*') && scope.startsWith(registered.slice(0, -1)))
}

/** The same event again for hooks on a channel's scopes; channels share their stock (`*`). */
function ofChannel({ store }: Shop, scope: string, data: Announced): Event[] {
  const order = scope.startsWith('store/order/') ? store.orders.get(String(data.id)) : undefined
  if (order !== undefined) {
    return [{ scope: scope.replace('store/', `store/channel/${order.channel_id}/`), data: { order_id: order.id } }]
  }
  if (scope !== 'store/product/inventory/updated') return []
  return [{ scope: 'store/channel/*/inventory/product/stock_changed', data: { product_id: data.id } }]
}

interface Event {
  scope: string
  data: object
}

function callbackOf(shop: Shop, hook: Hook, { scope, data }: Event): Callback {
  const number = shop.store.nextId('callback')
  const created_at = Math.floor(shop.now().getTime() / 1000)
  const hash = createHash('sha1')
    .update(`${scope} ${JSON.stringify(data)} ${number}`)
    .digest('hex')
  const producer = `stores/${BIGCOMMERCE_CREDENTIALS.storeHash}`
  const body = JSON.stringify({ store_id: '1025646', producer, scope, data, hash, created_at })
  return { url: hook.destination, body, id: `msg_${number}`, headers: hook.headers ?? {} }
}

async function call({ url, body, id, headers }: Callback): Promise<number> {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = signHook({ id, timestamp, body })
  const signed = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }
  try {
    const init = { method: 'POST', body, signal: AbortSignal.timeout(TIMEOUT_MS) }
    const answer = await fetch(url, { ...init, headers: { 'content-type': 'application/json', ...headers, ...signed } })
    await answer.text()
    return answer.status
  } catch {
    return 0
  }
}

/** `v1,<base64>` over id, time and body; the key is the client secret, which libraries take as base64. */
function signHook({ id, timestamp, body }: { id: string; timestamp: string; body: string }): string {
  const { clientSecret } = BIGCOMMERCE_CREDENTIALS
  return `v1,${createHmac('sha256', clientSecret).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}

export function addHookRoutes(app: FastifyInstance, shop: Shop, root: string): void {
  const at = `${root}/v3/hooks`
  type Route = { Params: { id: string }; Querystring: Params; Body: Partial<Hook> }
  const render = (hook: Hook) => ({
    id: hook.id,
    client_id: 'client',
    store_hash: BIGCOMMERCE_CREDENTIALS.storeHash,
    created_at: hook.created_at,
    updated_at: hook.updated_at,
    scope: hook.scope,
    destination: hook.destination,
    is_active: hook.is_active,
    headers: hook.headers,
  })
  const unix = () => Math.floor(shop.now().getTime() / 1000)
  app.get<Route>(at, async ({ query }) => {
    const [page, all] = [pageOf(query), shop.store.hooks.all()]
    return envelope(slice(all, page).map(render), all.length, page)
  })
  app.post<Route>(at, async ({ body }) => {
    const { scope, destination, is_active = true, headers = null } = body ?? {}
    if (typeof scope !== 'string' || !scope.startsWith('store/')) throw new BigCommerceError(422, 'scope is not known')
    // Real stores accept only https on port 443; the simulator also calls programs on the same machine.
    if (typeof destination !== 'string' || !/^https:\/\/|^http:\/\/127\.0\.0\.1[:/]/.test(destination)) {
      throw new BigCommerceError(422, 'destination must be https')
    }
    const times = { created_at: unix(), updated_at: unix() }
    const hook = { id: shop.store.nextId('hook'), scope, destination, is_active, headers, ...times }
    return { data: render(shop.store.hooks.put(hook)), meta: {} }
  })
  app.put<Route>(`${at}/:id`, async ({ params, body }) => {
    const hook = shop.store.hooks.get(params.id)
    if (hook === undefined) throw new BigCommerceError(404, 'The requested resource was not found.')
    return { data: render(shop.store.hooks.put({ ...hook, ...body, id: hook.id, updated_at: unix() })), meta: {} }
  })
}
