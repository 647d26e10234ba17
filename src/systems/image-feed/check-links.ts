import { type Static, Type } from 'typebox'
import { StreamError } from '../../errors.ts'
import { digest } from '../../events/identity.ts'
import { forEachKey } from '../../platform/bounded.ts'
import type { Clock } from '../../platform/clock.ts'
import { expiresAfter, keptDays } from '../../platform/dynamodb/expiry.ts'
import { withoutParameters } from '../kit/image-address.ts'
import { noteOf, type ReaderNotes } from '../kit/reader-notes.ts'
import type { ImageFeedClient } from './client.ts'
import { type ImageVersion, isOther, isSurelyOther, type LinkAnswer } from './link.ts'

const DAY_MS = 24 * 60 * 60_000
/** How long an answer holds that brings no image. What is unknown is not kept: it is asked whenever the feed is read, and that after so long. */
const HOLDS_MS = { broken: DAY_MS / 24, unknown: DAY_MS / 144 }
/** Asked at one time; how many of them are under way, the governor decides. */
const AT_ONCE = 16
/** Addresses in a row that a server could not say anything of: then it is down, and is left alone for this run. */
const DOWN_AFTER = 3

const textOrNull = Type.Union([Type.String(), Type.Null()])

const imageVersion = Type.Object({ etag: textOrNull, modified: textOrNull, size: textOrNull })

const linkNote = Type.Object({
  id: Type.String(),
  state: Type.Union([Type.Literal('good'), Type.Literal('broken')]),
  reason: Type.String(),
  /** Milliseconds UTC. */
  until: Type.Number(),
  /** Of the image that was there last. Left out in notes of before, and where its server says nothing of it. */
  version: Type.Optional(imageVersion),
  /** Of what may be another image: it is one if the next answer says the same. */
  unconfirmed: Type.Optional(imageVersion),
  /** What tells it from the one that was there first; null: it is that one. */
  change: Type.Optional(textOrNull),
})

type LinkNote = Static<typeof linkNote>

/** What is known of a link: also what tells its image from the one that was at the address first; null: it is that one. */
export interface KnownLink extends LinkAnswer {
  readonly change: string | null
}

/** The links of one reading of a feed. */
export interface LinkChecks {
  /** What is known of each address; asked are those of which nothing is known, or was known too long ago. */
  of(urls: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, KnownLink>>
  /** When something will be to be asked again, although the feed is the same; null: never. */
  againAt(): number | null
}

export function createLinkChecks(
  client: Pick<ImageFeedClient, 'checkLinksMs' | 'passingParameters' | 'link'>,
  notes: ReaderNotes,
  clock: Clock,
): LinkChecks {
  const silent = new Map<string, number>()
  let againAt: number | null = null
  const holdsMs = (state: LinkAnswer['state']) => (state === 'good' ? (client.checkLinksMs ?? DAY_MS) : HOLDS_MS[state])
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
      const idOf = (url: string) => `link ${digest(withoutParameters(url, client.passingParameters))}`
      const kept = await notes.find(urls.map(idOf))
      const known = new Map<string, KnownLink>()
      const fresh: LinkNote[] = []
      await forEachKey(
        urls,
        (url) => url,
        AT_ONCE,
        async (url) => {
          const note = noteOf(kept, idOf(url), linkNote)
          const holds = note !== undefined && note.until > clock.now()
          const answer = holds ? note : await ask(url, signal)
          const { state, reason } = answer
          const seen = seenOf(note, answer)
          const asksSoon = seen.unconfirmed !== undefined
          const until = holds ? note.until : clock.now() + Math.min(holdsMs(state), asksSoon ? DAY_MS : Infinity)
          if (!holds && state !== 'unknown') fresh.push({ id: idOf(url), state, reason, until, ...seen })
          const due = state === 'good' ? Math.max(until, clock.now() + DAY_MS) : until
          againAt = Math.min(againAt ?? due, due)
          // A server that is down takes nothing away and brings nothing back: what it said last holds.
          const said = state === 'unknown' && note !== undefined ? note : answer
          known.set(url, { state: said.state, reason: said.reason, change: seen.change ?? null })
        },
      )
      await notes.keep(fresh.map((note) => ({ ...note, expires: expiresAfter(note.until, keptDays.linkNotes) })))
      return known
    },
  }
}

/**
 * The image as it is known now: another one is told by its version, which stays what tells it until it changes again. One of
 * the same size is another one once two answers agree.
 */
function seenOf(
  note: LinkNote | undefined,
  { version }: { readonly version?: ImageVersion },
): Pick<LinkNote, 'version' | 'unconfirmed' | 'change'> {
  const [before, change, unconfirmed] = [note?.version, note?.change ?? null, note?.unconfirmed]
  if (version === undefined) return before === undefined ? {} : { version: before, change, ...kept(unconfirmed) }
  if (before === undefined) return { version, change }
  if (!isOther(before, version)) {
    return { version: { ...version, modified: version.modified ?? before.modified }, change }
  }
  const isConfirmed = unconfirmed !== undefined && !isOther(unconfirmed, version)
  if (!isSurelyOther(before, version) && !isConfirmed) return { version: before, change, unconfirmed: version }
  return { version, change: digest(JSON.stringify(version)).slice(0, 16) }
}

function kept(unconfirmed: ImageVersion | undefined): Pick<LinkNote, 'unconfirmed'> {
  return unconfirmed === undefined ? {} : { unconfirmed }
}
