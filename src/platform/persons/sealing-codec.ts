import type { KeyObject } from 'node:crypto'
import { StreamError } from '../../errors.ts'
import { FORGOTTEN, isForgotten } from '../../events/forgotten.ts'
import type { TopicEvents, TopicKind } from '../../events/topics.ts'
import type { EventCodec, PersonalPart, PersonSeals } from '../codec.ts'
import {
  keeperOf,
  keyPlaceOf,
  monthOf,
  type Personal,
  personId,
  personNameOfText,
  type SealedKind,
  sealedKinds,
} from './person-id.ts'
import type { PersonKeys } from './person-keys.ts'
import { personalParts } from './personal-parts.ts'
import type { Keeper } from './retention.ts'
import { seal, sealedWith, unseal } from './seal.ts'

export interface SealingDeps {
  readonly keys: PersonKeys
  /** Cryptographically random bytes. */
  readonly randomBytes: (count: number) => Buffer
  /** False: new events are written in clear; sealed ones are read all the same. */
  readonly seals: boolean
}

const IV_BYTES = 12
/** IVs generated at once: one generation costs as much as sealing an event. */
const IVS_AT_ONCE = 256

/** The fields of an event that sealing uses. */
type Sealable = Personal<SealedKind> & { readonly sealed: Buffer | null }

/** Treats an event as one of a sealed kind. */
const sealable = (event: unknown): Sealable => event as Sealable

const isSealed = (kind: TopicKind): kind is SealedKind => (sealedKinds as readonly TopicKind[]).includes(kind)

/** True for an order whose person is already forgotten. */
function saysNothing(kind: SealedKind, event: Personal<SealedKind> | undefined): boolean {
  return kind.endsWith('orders') && event !== undefined && isForgotten(event.data as TopicEvents['orders']['data'])
}

/**
 * A codec that seals personal data in events with a key for each person and month. Readers get it in clear; when the
 * key was destroyed they get `[forgotten]` in every such field, without an error. Events of forgotten persons that were
 * written in clear are read the same way. Digests and ids are those of the clear event.
 */
export function sealingCodec(inner: EventCodec, deps: SealingDeps): EventCodec {
  const { keys, seals } = deps
  const nextIv = drawIvs(deps.randomBytes)
  let secret: KeyObject | undefined
  const placeOf = async (kind: SealedKind, event: Personal<SealedKind>) => {
    secret ??= await keys.secret()
    return keyPlaceOf(kind, event, secret)
  }
  const forget = <T>(kind: SealedKind, event: T): T => personalParts(kind)?.forget(event) ?? event

  const sealed = (kind: SealedKind, event: Sealable): Sealable => {
    const parts = personalParts(kind)
    // Without the secret, no event was admitted yet.
    if (!seals || secret === undefined || parts === null || saysNothing(kind, event)) return event
    const { person, month } = keyPlaceOf(kind, event, secret)
    const own = keys.atHand({ person, month })
    if (own === null) return event
    const { event: rest, text } = parts.takeOut(event)
    const bytes = seal(Buffer.from(text), { person, month, keyId: own.id }, own.key, nextIv())
    return Object.assign(rest, { sealed: bytes })
  }

  const opened = async (kind: SealedKind, event: Sealable): Promise<Sealable> => {
    const parts = personalParts(kind)
    if (parts === null) return event
    if ((event.sealed ?? null) === null) {
      return (await keys.isForgotten(await placeOf(kind, event))) ? forget(kind, event) : event
    }
    const text = await openWith(keys, event.sealed ?? Buffer.alloc(0), keeperOf(kind, event.source))
    if (text === null) return Object.assign(forget(kind, event), { sealed: null })
    parts.putIn(event, text.toString())
    return Object.assign(event, { sealed: null })
  }

  const persons: PersonSeals = {
    async admit<K extends TopicKind, E extends PersonalPart<K>>(kind: K, events: readonly E[]) {
      if (!isSealed(kind) || events.length === 0) return events
      const own = events as readonly (E & Personal<SealedKind>)[]
      const places = await Promise.all(own.map((event) => placeOf(kind, event)))
      if (seals) await keys.prepare(places.filter((_place, index) => !saysNothing(kind, own[index])))
      return await Promise.all(
        own.map(async (event, index) => {
          const place = places[index]
          if (place === undefined || saysNothing(kind, event)) return event
          const forgottenAt = seals ? keys.atHand(place)?.forgottenAt : undefined
          const gone =
            forgottenAt === undefined ? await keys.isForgotten(place) : place.at <= (forgottenAt ?? -Infinity)
          // The key may exist because another keeper has a longer retention.
          return gone || (await keys.isTooOld(place.month, place.keeper)) ? forget(kind, event) : event
        }),
      )
    },
    leaveSealed: (kind, value) => inner.decode(kind, value),
    async seal({ kind, source, key, at }, original) {
      if (!isSealed(kind) || !seals) return original
      secret ??= await keys.secret()
      const person = personId(personNameOfText(original.toString(), source, key), secret)
      // The time of the order is unknown, so originals of a person who was ever forgotten are not stored.
      const place = { person, month: monthOf(at), at: 0, keeper: keeperOf(kind, source) }
      const own = (await keys.isForgotten(place)) ? null : await keys.prepare([place]).then(() => keys.atHand(place))
      if (own === null) return Buffer.from(FORGOTTEN)
      return seal(original, { person, month: place.month, keyId: own.id }, own.key, nextIv())
    },
    open: async (bytes) => (sealedWith(bytes) === null ? bytes : await openWith(keys, bytes, null)),
  }

  return {
    persons,
    encode<K extends TopicKind>(kind: K, event: TopicEvents[K]) {
      return inner.encode(kind, isSealed(kind) ? (sealed(kind, sealable(event)) as unknown as TopicEvents[K]) : event)
    },
    async decode<K extends TopicKind>(kind: K, value: Buffer | null) {
      const event = await inner.decode(kind, value)
      return isSealed(kind) ? ((await opened(kind, sealable(event))) as unknown as TopicEvents[K]) : event
    },
  }
}

/** Returns each IV once. */
function drawIvs(randomBytes: SealingDeps['randomBytes']): () => Buffer {
  let pool: Buffer = Buffer.alloc(0)
  return () => {
    if (pool.length === 0) pool = randomBytes(IV_BYTES * IVS_AT_ONCE)
    const iv = pool.subarray(0, IV_BYTES)
    pool = pool.subarray(IV_BYTES)
    return iv
  }
}

/** Opens sealed bytes; null: the key was destroyed. Throws `value_undecodable` for damaged bytes. */
async function openWith(keys: PersonKeys, bytes: Uint8Array, keeper: Keeper | null): Promise<Buffer | null> {
  const by = sealedWith(bytes)
  if (by === null) throw new StreamError('value_undecodable', 'sealed personal data does not have the expected header')
  const own = await keys.find(by, keeper)
  if (own === null) return null
  try {
    return unseal(bytes, own.key)
  } catch (cause) {
    throw new StreamError('value_undecodable', 'sealed personal data can not be opened: it is damaged', {
      cause,
    })
  }
}
