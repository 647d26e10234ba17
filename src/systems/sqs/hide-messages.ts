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

/** How often messages are hidden again within the time they are hidden for: one call may fail. */
const EXTENSIONS = 3
const GIVE_BACK_MS = 5_000

/** Gives the page and keeps its messages hidden until more is asked for; when nothing more is, they are given back. */
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
      // One that fails is made up for by the next; what comes again meanwhile is unchanged.
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

/** For whoever goes on with it; without it they come again by themselves, later. */
async function giveBack(client: SqsClient, queue: string, messages: readonly SqsMessage[]): Promise<void> {
  await client.hide(queue, handlesOf(messages), 0, AbortSignal.timeout(GIVE_BACK_MS)).catch(() => undefined)
}
