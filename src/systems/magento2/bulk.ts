import { StreamError } from '../../errors.ts'
import type { Http } from '../../platform/http.ts'
import { textOf, wireOf, wiresOf } from '../kit/wire.ts'

/** The shop's response to a bulk request: one item per body, in order. */
export interface Bulk {
  readonly id: string
  readonly items: readonly BulkItem[]
}

export interface BulkItem {
  readonly id: number
  /** Why it was rejected at once; null: it was accepted. */
  readonly rejected: string | null
}

/**
 * The state of one operation; Magento's status numbers are 1 complete, 2 failed but may be retried, 3 failed, 4 open, 5
 * rejected.
 */
export interface BulkOperation {
  readonly id: number
  readonly status: 'complete' | 'failed-retriably' | 'failed' | 'open' | 'rejected'
  readonly message: string | null
}

const STATUSES: Readonly<Record<string, BulkOperation['status']>> = {
  '1': 'complete',
  '2': 'failed-retriably',
  '3': 'failed',
  '4': 'open',
  '5': 'rejected',
}

/** Sends bodies of one endpoint in one request; the shop processes each by itself, later. */
export async function sendBulk(
  http: Http,
  path: string,
  bodies: readonly unknown[],
  signal: AbortSignal,
): Promise<Bulk> {
  const { json } = await http.request({ method: 'POST', path, json: bodies, expects: 'json', signal })
  const answer = wireOf(json)
  const id = textOf(answer['bulk_uuid'])
  const items = wiresOf(answer['request_items'])
  if (id === null || items.length !== bodies.length) {
    const message = `Magento's answer to ${path} lists ${items.length} of ${bodies.length} operations; which ones it accepted is unknown`
    throw new StreamError('target_unavailable', message, { field: 'request_items' })
  }
  return {
    id,
    items: items.map((item, index) => ({
      id: Number(textOf(item['id']) ?? index),
      rejected: textOf(item['status']) === 'rejected' ? firstLine(textOf(item['error_message'])) : null,
    })),
  }
}

/** The operations of a bulk request, sorted by id; null while the shop does not know the request yet. */
export async function bulkOperations(http: Http, path: string): Promise<readonly BulkOperation[] | null> {
  try {
    const { json } = await http.request({ method: 'GET', path, expects: 'json' })
    return wiresOf(wireOf(json)['operations_list'])
      .map((operation) => ({
        id: Number(textOf(operation['id']) ?? -1),
        status: STATUSES[textOf(operation['status']) ?? ''] ?? 'open',
        message: firstLine(textOf(operation['result_message'])),
      }))
      .toSorted((a, b) => a.id - b.id)
  } catch (error) {
    if (error instanceof StreamError && error.code === 'not_found') return null
    throw error
  }
}

/** Magento sends a rejection with its whole stack trace. */
function firstLine(text: string | null): string {
  return text?.split('\n', 1)[0]?.slice(0, 500) ?? 'no reason given'
}
