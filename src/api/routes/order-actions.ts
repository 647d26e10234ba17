import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { cancelAtVendor } from '../../operations/cancel-at-vendor.ts'
import { holdOrder, listHeldOrders, releaseOrder } from '../../operations/order-holds.ts'
import { sendAgain } from '../../operations/send-again.ts'
import { cursorKeyOf, principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerPage, fieldCursor, placeOfFieldCursor } from '../page-cursor.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import {
  HeldOrders,
  HoldOutcome,
  HoldsQuery,
  OrderHoldBody,
  OrderPath,
  ReleaseBody,
  ReleaseOutcome,
  VendorAction,
  VendorActionBody,
} from './order-action-schemas.ts'

/** Actions on one order: hold, release, cancel and resend. */
export function orderActionRoutes({ operations, ...deps }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const of = { tags: ['orders'], params: OrderPath }
    const holds = {
      tags: ['orders'],
      querystring: HoldsQuery,
      response: { 200: HeldOrders, ...problems(400, 401, 404) },
    }
    app.get('/v1/order-holds', { schema: holds }, async (request) => {
      const { connection = null, limit, cursor } = request.query
      const key = cursorKeyOf(request, deps.cursorKey)
      const after = placeOfFieldCursor(key, 'order holds', { connection }, cursor)
      const page = await listHeldOrders(operations, principalOf(request), { connection, limit, after })
      return answerPage(
        page,
        (one) => one,
        (next) => fieldCursor(key, 'order holds', { connection }, next),
      )
    })
    const hold = { ...of, body: OrderHoldBody, response: { 200: HoldOutcome, ...problems(400, 401, 404) } }
    app.put('/v1/orders/:source/:number/hold', { schema: hold }, async (request) => {
      const { reason, until, connection = null, dryRun } = request.body
      const wanted = { ...request.params, connection, reason, until: timeParameter('until', until), dryRun }
      const outcome = await holdOrder(operations, principalOf(request), wanted)
      return { ...outcome, parts: [...outcome.parts] }
    })
    const acts = { ...of, body: VendorActionBody, response: { 200: VendorAction, ...problems(400, 401, 404, 409) } }
    app.post('/v1/orders/:source/:number/cancel', { schema: acts }, async (request) => {
      const action = await cancelAtVendor(operations, principalOf(request), { ...request.params, ...request.body })
      return { ...action, lines: [...action.lines] }
    })
    app.post('/v1/orders/:source/:number/resend', { schema: acts }, async (request) => {
      const action = await sendAgain(operations, principalOf(request), { ...request.params, ...request.body })
      return { ...action, lines: [...action.lines] }
    })
    const release = { ...of, body: ReleaseBody, response: { 200: ReleaseOutcome, ...problems(400, 401, 404, 409) } }
    app.post('/v1/orders/:source/:number/release', { schema: release }, async (request) => {
      const { connection = null, dryRun } = request.body
      const outcome = await releaseOrder(operations, principalOf(request), { ...request.params, connection, dryRun })
      return { ...outcome, parts: [...outcome.parts] }
    })
  }
}
