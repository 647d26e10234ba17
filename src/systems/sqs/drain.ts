import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { WindowRow } from '../kit/source.ts'
import type { QueueCounts, SqsClient } from './client.ts'

export interface Drain {
  readonly client: SqsClient
  readonly clock: Clock
  /** How long to wait for messages that others hold: a worker that died has held them no longer. */
  readonly patienceMs: number
}

/** True: the queue, which gave nothing now, has nothing, or what it has was not given since `lastAt` for too long. */
export async function isEmpty(
  { client, clock, patienceMs }: Drain,
  queue: string,
  lastAt: number,
  signal: AbortSignal,
): Promise<boolean> {
  return leftText(await client.counts(queue, signal)) === null || clock.now() - lastAt > patienceMs
}

/** What is still in a queue that was read to its end, as rows that were not read; none when it is empty. */
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

/** Looks between the first and the last one of the quiet time. */
const LOOKS = 6

/**
 * Deletes the queue when it is seen empty all of the quiet time: SQS's counts may be late, and a shop may still write.
 * Resolves to what was done, in words. A queue that is gone is deleted: whoever did it, this is how it was to end.
 */
export async function discardQueue(
  { client, clock, quietSeconds, waitSeconds }: Discard,
  queue: string,
  signal: AbortSignal,
): Promise<string> {
  const quietAt = clock.now() + quietSeconds * 1000
  try {
    for (;;) {
      // Asks all servers, and leaves what it finds where it is.
      const found = await client.receive(queue, { limit: 1, waitSeconds, visibilitySeconds: 0 }, signal)
      const left = found.length > 0 ? 'messages came after the run' : leftText(await client.counts(queue, signal))
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
