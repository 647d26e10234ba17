import { type Static, Type } from 'typebox'
import { StreamError } from '../../errors.ts'
import { digest } from '../../events/identity.ts'
import { forEachKey } from '../../platform/bounded.ts'
import type { Clock } from '../../platform/clock.ts'
import { expiresAfter, keptDays } from '../../platform/dynamodb/expiry.ts'
import { noteOf, type ReaderNotes } from '../kit/reader-notes.ts'
import type { ImageFeedClient } from './client.ts'
import type { LinkAnswer } from './link.ts'

const DAY_MS = 24 * 60 * 60_000
/** How long an answer holds. What is unknown is not kept: it is asked whenever the feed is read, and that after so long. */
const HOLDS_MS = { good: 7 * DAY_MS, broken: DAY_MS / 24, unknown: DAY_MS / 144 }
/** Asked at one time; how many of them are under way, the governor decides. */
const AT_ONCE = 16
/** Addresses in a row that a server could not say anything of: then it is down, and is left alone for this run. */
const DOWN_AFTER = 3

const linkNote = Type.Object({
  id: Type.String(),
  state: Type.Union([Type.Literal('good'), Type.Literal('broken')]),
  reason: Type.String(),
  /** Milliseconds UTC. */
  until: Type.Number(),
})

/** The links of one reading of a feed. */
export interface LinkChecks {
  /** What is known of each address; asked are those of which nothing is known, or was known too long ago. */
  of(urls: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, LinkAnswer>>
  /** When something will be to be asked again, although the feed is the same; null: never. */
  againAt(): number | null
}

export function createLinkChecks(client: ImageFeedClient, notes: ReaderNotes, clock: Clock): LinkChecks {
  const silent = new Map<string, number>()
  let againAt: number | null = null
  const ask = async (url: string, signal: AbortSignal): Promise<LinkAnswer> => {
    const { host } = new URL(url)
    const failures = () => silent.get(host) ?? 0
    if (failures() >= DOWN_AFTER) return { state: 'unknown', reason: 'its server is down' }
    const answer = await client.link(url, signal)
    if (signal.aborted) throw new StreamError('stopping', 'the check of links was ended')
    silent.set(host, answer.state === 'unknown' ? failures() + 1 : 0)
    return answer
  }
  return {
    againAt: () => againAt,
    async of(urls, signal) {
      const kept = await notes.find(urls.map(idOf))
      const known = new Map<string, LinkAnswer>()
      const fresh: Static<typeof linkNote>[] = []
      await forEachKey(
        urls,
        (url) => url,
        AT_ONCE,
        async (url) => {
          const note = noteOf(kept, idOf(url), linkNote)
          const holds = note !== undefined && note.until > clock.now()
          const { state, reason } = holds ? note : await ask(url, signal)
          const until = holds ? note.until : clock.now() + HOLDS_MS[state]
          if (!holds && state !== 'unknown') fresh.push({ id: idOf(url), state, reason, until })
          if (state !== 'good') againAt = Math.min(againAt ?? until, until)
          // A server that is down takes nothing away and brings nothing back: what it said last holds.
          known.set(url, state === 'unknown' && note !== undefined ? note : { state, reason })
        },
      )
      await notes.keep(fresh.map((note) => ({ ...note, expires: expiresAfter(note.until, keptDays.linkNotes) })))
      return known
    },
  }
}

const idOf = (url: string): string => `link ${digest(url)}`
