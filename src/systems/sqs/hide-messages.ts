import type { Clock } from '../../platform/clock.ts'
import type { SqsClient, SqsMessage } from './client.ts'

export interface Hold {
  readonly client: SqsClient
  readonly clock: Clock
  readonly visibilitySeconds: number
}

export function handlesOf(messages: readonly SqsMessage[]): string[] {
  return messages.map(({ handle }) => handle)
}

/** How often the hiding is renewed within the visibility time, because one call may fail. */
const EXTENSIONS = 3
const GIVE_BACK_MS = 5_000

/**
 * Yields the page and keeps its messages hidden until the next page is requested. If no other page is requested, makes
 * them visible again.
 */
export async function* keepHidden<P>(
  { client, clock, visibilitySeconds }: Hold,
  queue: string,
  messages: readonly SqsMessage[],
  page: P,
  signal: AbortSignal,
): AsyncGenerator<P> {
  const ended = new AbortController()
  const until = AbortSignal.any([signal, ended.signal])
  const extend = async () => {
    while (!until.aborted) {
      await clock.sleep((visibilitySeconds * 1000) / EXTENSIONS, until).catch(() => undefined)
      if (until.aborted) return
      // The next call makes up for one that fails; messages redelivered meanwhile are recognized as unchanged.
      await client.hide(queue, handlesOf(messages), visibilitySeconds, until).catch(() => undefined)
    }
  }
  const extending = extend()
  let more = false
  try {
    yield page
    more = true
  } finally {
    ended.abort()
    await extending
    if (!more) await giveBack(client, queue, messages)
  }
}

/** Makes messages visible for the next reader at once; if this fails, they become visible by themselves later. */
async function giveBack(client: SqsClient, queue: string, messages: readonly SqsMessage[]): Promise<void> {
  await client.hide(queue, handlesOf(messages), 0, AbortSignal.timeout(GIVE_BACK_MS)).catch(() => undefined)
}
