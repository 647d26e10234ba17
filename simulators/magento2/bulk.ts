import { createHash, randomUUID } from 'node:crypto'
import { MagentoError } from './magento-error.ts'
import type { Shop } from './shop.ts'
import type { Switches } from './switches.ts'
import type { Bulk, BulkOperation } from './wire-types.ts'

/** Does what one body requests, like the synchronous call of the same path. */
export type BulkWork = (body: unknown) => void

/** The queue of bulk requests: accepted at once, processed later, one operation after the other. */
export interface BulkQueue {
  /** @throws MagentoError 400 when the body is not a list */
  take(topic: string, bodies: unknown): object
  /** @throws MagentoError 404 for an unknown request */
  status(uuid: string): Bulk
  /** Processes open operations. */
  run(): number
  /** Ends the timer. */
  stop(): void
}

const OPEN = 4

export function createBulkQueue(shop: Shop, switches: Switches, work: Readonly<Record<string, BulkWork>>): BulkQueue {
  const { bulks } = shop.store
  let timer: NodeJS.Timeout | undefined
  const run = () => {
    const open = bulks.all().filter(({ operations }) => operations.some(({ status }) => status === OPEN))
    for (const bulk of open) {
      const operations = bulk.operations.map((operation) =>
        operation.status === OPEN ? execute(operation, work[bulk.topic], switches) : operation,
      )
      bulks.put({ ...bulk, operations })
    }
    return open.length
  }
  return {
    run,
    take(topic, bodies) {
      if (!Array.isArray(bodies)) throw new MagentoError(400, 'Request body should be an array')
      const uuid = randomUUID()
      const first = switches.databaseOperationIds ? shop.store.nextId('operation') : 0
      const operations = bodies.map((body: unknown, index): BulkOperation => {
        if (first > 0 && index > 0) shop.store.nextId('operation')
        return { id: first + index, body, status: OPEN, result_message: '', error_code: 0 }
      })
      bulks.put({ uuid, topic, start_time: shop.stamp(), operations })
      if (switches.bulkDelayMs !== null) timer = setTimeout(run, switches.bulkDelayMs)
      const request_items = bodies.map((body: unknown, id) => ({ id, data_hash: hashOf(body), status: 'accepted' }))
      return { bulk_uuid: uuid, request_items, errors: false }
    },
    status(uuid) {
      const bulk = bulks.get(uuid)
      if (bulk === undefined) throw new MagentoError(404, 'Requested bulk uuid is missing')
      return bulk
    },
    stop: () => clearTimeout(timer),
  }
}

function execute(operation: BulkOperation, work: BulkWork | undefined, switches: Switches): BulkOperation {
  const failure = takeFailure(operation.body, switches)
  if (failure === 'retriable') {
    return { ...operation, status: 2, error_code: 1205, result_message: 'Lock wait timeout exceeded; try restarting' }
  }
  if (failure === 'permanent') {
    return { ...operation, status: 3, error_code: 0, result_message: 'The attribute set is not valid.' }
  }
  try {
    work?.(operation.body)
    const result_message = 'Service execution success'
    return { ...operation, status: 1, result_message }
  } catch (error) {
    return { ...operation, status: 3, result_message: error instanceof Error ? error.message : String(error) }
  }
}

function takeFailure(body: unknown, { bulkFailures }: Switches): 'retriable' | 'permanent' | undefined {
  const text = JSON.stringify(body)
  const found = bulkFailures.find(({ sku, times }) => times !== 0 && text.includes(JSON.stringify(sku)))
  if (found?.times !== undefined) found.times -= 1
  return found?.kind
}

function hashOf(body: unknown): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex')
}
