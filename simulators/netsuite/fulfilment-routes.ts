import type { DatabaseSync } from 'node:sqlite'
import type { FastifyInstance } from 'fastify'
import { inTransaction } from '../harness/database.ts'
import { recordUrl, type Wire } from './account.ts'
import { isObject } from './fields.ts'
import type { FulfilmentType } from './fulfilments.ts'
import { notFound } from './problems.ts'

/** `POST /record/v1/salesOrder/{id}/!transform/itemFulfillment`. */
export function addTransformRoute(app: FastifyInstance, database: DatabaseSync, fulfilments: FulfilmentType): void {
  const path = '/record/v1/salesOrder/:id/!transform/itemFulfillment'
  app.post<{ Params: { id: string } }>(path, async (request, reply) => {
    const { id } = request.params
    const column = id.startsWith('eid:') ? 'external_id' : 'id'
    const order = database.prepare(`SELECT id FROM sim_sales_order WHERE ${column} = ?`).get(id.replace(/^eid:/, ''))
    if (order === undefined) throw notFound()
    const body: Wire = isObject(request.body) ? request.body : {}
    const made = inTransaction(database, () => fulfilments.fulfil(Number(order['id']), body))
    const location = recordUrl(`http://${request.host}`, 'itemFulfillment', made)
    return reply.code(204).header('location', location).send()
  })
}
