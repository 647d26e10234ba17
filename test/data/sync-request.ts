import type { SyncRequested } from '../../src/events/generated/events.ts'

/** A request to read orders. */
export function syncRequested(requestId: string): SyncRequested {
  return {
    requestId,
    read: 'a.orders.all',
    trigger: 'api',
    requestedAt: 1,
    requestedBy: null,
    reason: null,
    from: null,
    queueUrl: null,
  }
}
