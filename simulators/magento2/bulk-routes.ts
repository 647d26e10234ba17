import type { FastifyInstance } from 'fastify'
import type { BulkQueue } from './bulk.ts'
import { sendJson } from './magento-error.ts'
import type { AddRoute } from './routes.ts'
import type { Bulk } from './wire-types.ts'

/** Bulk requests: accepted below `async/bulk/V1`, and their status. `addBulk` adds routes below the former. */
export function addBulkRoutes(app: FastifyInstance, add: AddRoute, addBulk: AddRoute, queue: BulkQueue): void {
  addBulk('POST', '/products', ({ body }) => queue.take('products', body))
  addBulk('POST', '/inventory/source-items', ({ body }) => queue.take('source-items', body))
  add('GET', '/bulk/:uuid/status', ({ parameters }) => {
    const bulk = queue.status(parameters['uuid'] ?? '')
    return summary(bulk, ({ id, status, result_message, error_code }) => ({ id, status, result_message, error_code }))
  })
  add('GET', '/bulk/:uuid/detailed-status', ({ parameters }) => {
    const bulk = queue.status(parameters['uuid'] ?? '')
    return summary(bulk, ({ body, ...operation }) => ({
      ...operation,
      bulk_uuid: bulk.uuid,
      topic_name: `async.${bulk.topic}.post`,
      serialized_data: JSON.stringify(body),
      result_serialized_data: '',
    }))
  })
  app.post('/_sim/bulk/run', async (_request, reply) => sendJson(reply, { worked: queue.run() }))
}

function summary(bulk: Bulk, render: (operation: Bulk['operations'][number]) => object): object {
  return {
    operations_list: bulk.operations.map(render),
    user_type: 1,
    bulk_id: bulk.uuid,
    description: `Topic async.${bulk.topic}.post`,
    start_time: bulk.start_time,
    user_id: 1,
    operation_count: bulk.operations.length,
  }
}
