import type { FastifyInstance } from 'fastify'
import { inTransaction } from '../harness/database.ts'
import type { TokenDesk } from './access-tokens.ts'
import type { Account, Wire } from './account.ts'
import { requireObject } from './control-values.ts'
import { isObject } from './fields.ts'
import type { FulfilmentType } from './fulfilments.ts'
import { createLineStore } from './sales-order-lines.ts'

/** Parts that the control routes of orders and tokens change. */
export interface OrderControls {
  fulfilments: FulfilmentType
  tokens: TokenDesk
}

/** Routes below `/_sim` that act on orders and fulfilments like the vendor's people, and end or add credentials. */
export function addOrderControls(control: FastifyInstance, account: Account, parts: OrderControls): void {
  const { fulfilments, tokens } = parts
  const whole = <T>(work: () => T): T => inTransaction(account.database, work)
  const fulfil = (id: string, body: unknown) => {
    const fulfilment = whole(() => fulfilments.fulfil(Number(id), bodyOf(account, Number(id), body)))
    return { fulfilled: id, fulfilment: String(fulfilment) }
  }
  type ById = { Params: { id: string } }
  control.post<ById>('/salesOrders/:id/fulfill', async ({ params }) => fulfil(params.id, {}))
  control.post<ById>('/orders/:id/fulfil', async ({ params, body }) => fulfil(params.id, body))
  control.post<ById>('/orders/:id/close', async ({ params, body }) => {
    const { lines } = (body ?? {}) as { lines?: number[] }
    whole(() => fulfilments.close(Number(params.id), lines))
    return { closed: params.id }
  })
  control.post<ById>('/orders/:id/cancel', async ({ params }) => {
    whole(() => fulfilments.cancel(Number(params.id)))
    return { canceled: params.id }
  })
  control.patch<ById>('/fulfilments/:id', async ({ params, body }) => {
    const { tracking, ...fields } = requireObject(body)
    whole(() => fulfilments.change(Number(params.id), { ...fields, ...packagesOf(tracking) }))
    return { changed: params.id }
  })
  control.post('/certificates', async ({ body }) => {
    const { certificateId, publicKey } = requireObject(body)
    tokens.addCertificate(String(certificateId), String(publicKey))
    return { added: certificateId }
  })
  control.post('/tokens', async ({ body }) => {
    const { lifetime, expire } = requireObject(body)
    if (typeof lifetime === 'number') tokens.lifetime = lifetime
    if (expire === true) tokens.expireAll()
    return { lifetime: tokens.lifetime }
  })
}

/** With `lines`, ships only those, each with its quantity; otherwise everything open. */
function bodyOf(account: Account, orderId: number, body: unknown): Wire {
  const { lines, tracking, ...fields } = isObject(body) ? body : {}
  const shipped = { ...fields, ...packagesOf(tracking) }
  if (!Array.isArray(lines)) return shipped
  const named = lines as { line: number; quantity?: number; location?: number }[]
  const items = createLineStore(account)
    .list(orderId)
    .map(({ line: orderLine }) => {
      const { line: _line, ...sent } = named.find(({ line }) => line === orderLine) ?? {}
      return { orderLine, ...(Object.keys(sent).length > 0 ? sent : { itemReceive: isNamed(named, orderLine) }) }
    })
  return { ...shipped, item: { items } }
}

const isNamed = (lines: readonly { line: number }[], number: number) => lines.some(({ line }) => line === number)

function packagesOf(tracking: unknown): Wire {
  if (!Array.isArray(tracking)) return {}
  return { package: { items: tracking.map((number) => ({ packageTrackingNumber: String(number), packageWeight: 1 })) } }
}
