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
/**
 * How long a result without an image stays valid. An unknown result is not stored: the link is checked again at each
 * read of the feed, and a read is due after this time.
 */
const HOLDS_MS = { broken: DAY_MS / 24, unknown: DAY_MS / 144 }
/** Links checked at once; the governor decides how many requests run in parallel. */
const AT_ONCE = 16
/** After so many consecutive unknown results, the server counts as down and is skipped for this run. */
const DOWN_AFTER = 3

const textOrNull = Type.Union([Type.String(), Type.Null()])

const imageVersion = Type.Object({ etag: textOrNull, modified: textOrNull, size: textOrNull })

const linkNote = Type.Object({
  id: Type.String(),
  state: Type.Union([Type.Literal('good'), Type.Literal('broken')]),
  reason: Type.String(),
  /** Milliseconds UTC. */
  until: Type.Number(),
  /** Version of the image seen last; absent in older notes and if the server does not send one. */
  version: Type.Optional(imageVersion),
  /** Version of a possibly different image; the next check confirms it by the same version. */
  unconfirmed: Type.Optional(imageVersion),
  /** Distinguishes the image from the first one at this address; null: it is still the first one. */
  change: Type.Optional(textOrNull),
})

type LinkNote = Static<typeof linkNote>

/**
 * The known state of a link. `change` distinguishes its image from the first one at this address; null: it is still the
 * first one.
 */
export interface KnownLink extends LinkAnswer {
  readonly change: string | null
}

/** Checks the links of one read of a feed. */
export interface LinkChecks {
  /** The state of each address; checks those whose state is unknown or expired. */
  of(urls: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, KnownLink>>
  /** When a link must be checked again even if the feed is unchanged, milliseconds UTC; null: never. */
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
    if (signal.aborted) throw new StreamError('stopping', 'the link check was aborted')
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
          // If a server is down, its last known result stays valid.
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
 * Compares the image with the known one. A different version marks a change, which stays until the image changes again.
 * If the size is the same, the change counts only after two checks agree.
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
