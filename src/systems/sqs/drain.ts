import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { WindowRow } from '../kit/source.ts'
import type { QueueCounts, SqsClient } from './client.ts'

export interface Drain {
  readonly client: SqsClient
  readonly clock: Clock
  /** How long to wait for messages that others hold: by then a crashed worker's messages are visible again. */
  readonly patienceMs: number
}

/**
 * True if the queue, which just returned no messages, is empty, or if no message has been received from it since
 * `lastAt` for longer than `patienceMs`.
 */
export async function isEmpty(
  { client, clock, patienceMs }: Drain,
  queue: string,
  lastAt: number,
  signal: AbortSignal,
): Promise<boolean> {
  return leftText(await client.counts(queue, signal)) === null || clock.now() - lastAt > patienceMs
}

/** What is left in a queue after it was read to its end, as rows that were not read; no rows if it is empty. */
export async function leftIn(client: SqsClient, queue: string, signal: AbortSignal): Promise<readonly WindowRow[]> {
  const left = leftText(await client.counts(queue, signal))
  return left === null ? [] : [{ key: left, changedAt: 'left' }]
}

function leftText({ visible, inFlight, delayed }: QueueCounts): string | null {
  const parts = [
    ...(visible === 0 ? [] : [`${visible} waiting`]),
    ...(inFlight === 0 ? [] : [`${inFlight} held by others`]),
    ...(delayed === 0 ? [] : [`${delayed} delayed`]),
  ]
  return parts.length === 0 ? null : `messages left: ${parts.join(', ')}`
}

export interface Discard {
  readonly client: SqsClient
  readonly clock: Clock
  readonly quietSeconds: number
  readonly waitSeconds: number
}

/** Number of pauses between checks in the quiet time. */
const LOOKS = 6

/**
 * Deletes the queue if every check in the quiet time finds it empty: SQS's counts may be late, and a shop may still
 * write. Resolves to what was done, in words. A queue that is already gone counts as deleted.
 */
export async function discardQueue(
  { client, clock, quietSeconds, waitSeconds }: Discard,
  queue: string,
  signal: AbortSignal,
): Promise<string> {
  const quietAt = clock.now() + quietSeconds * 1000
  try {
    for (;;) {
      // Asks all servers; a message that it finds stays visible.
      const found = await client.receive(queue, { limit: 1, waitSeconds, visibilitySeconds: 0 }, signal)
      const left = found.length > 0 ? 'messages arrived after the run' : leftText(await client.counts(queue, signal))
      if (left !== null) return `kept: ${left}`
      if (clock.now() >= quietAt) break
      await clock.sleep(Math.ceil((quietSeconds * 1000) / LOOKS), signal)
    }
    await client.deleteQueue(queue, signal)
    return 'deleted'
  } catch (error) {
    if (error instanceof StreamError && error.code === 'not_found') return 'deleted'
    throw error
  }
}
