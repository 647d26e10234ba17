import { createRequire } from 'node:module'

/** The parts of kafkajs 2.2.4's request queue that are used here. */
interface RequestQueue {
  readonly pending: readonly unknown[]
  readonly throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  checkPendingRequests(): void
}

interface RequestQueueClass {
  readonly prototype: RequestQueue & { scheduleCheckPendingRequests?: (this: RequestQueue) => void }
}

const PENDING_CHECK_MS = 10

/** Checks waiting requests again when the throttling ends, or after 10 ms; sets no timer when no request waits. */
function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return
  const throttledFor = this.throttledUntil - Date.now()
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null
      this.checkPendingRequests()
    },
    throttledFor > 0 ? throttledFor : PENDING_CHECK_MS,
  )
}

/**
 * kafkajs sets a timer with a negative delay after every answer: a TimeoutNegativeWarning on Node 24, and a timer that
 * fires every millisecond for each connection. This replaces the method with a correct one, once per process:
 * docs/decisions/20261123-kafkajs-warnings.md. Throws when kafkajs no longer has the method that this replaces.
 */
export function calmRequestQueue(): void {
  const load = createRequire(import.meta.url)
  const { prototype } = load('kafkajs/src/network/requestQueue') as RequestQueueClass
  if (typeof prototype.scheduleCheckPendingRequests !== 'function') {
    throw new Error('kafkajs has changed its request queue: check whether calm-request-queue.ts is still needed')
  }
  prototype.scheduleCheckPendingRequests = scheduleCheckPendingRequests
}
