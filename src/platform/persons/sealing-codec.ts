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
  /** So many bytes that nobody can guess. */
  readonly randomBytes: (count: number) => Buffer
  /** False: new events are written in clear; sealed ones are read all the same. */
  readonly seals: boolean
}

const IV_BYTES = 12
/** IVs that are drawn at once: a draw costs as much as a sealing. */
const IVS_AT_ONCE = 256

/** An event of a kind that is sealed, as far as sealing goes. */
type Sealable = Personal<SealedKind> & { readonly sealed: Buffer | null }

/** Of a kind that is sealed. */
const sealable = (event: unknown): Sealable => event as Sealable

const isSealed = (kind: TopicKind): kind is SealedKind => (sealedKinds as readonly TopicKind[]).includes(kind)

/** An order of a person who is forgotten already. */
function saysNothing(kind: SealedKind, event: Personal<SealedKind> | undefined): boolean {
  return kind.endsWith('orders') && event !== undefined && isForgotten(event.data as TopicEvents['orders']['data'])
}

/**
 * A codec that keeps what events say of persons under a key for each person and month. Who reads gets them in clear; where
 * the key is gone, `[forgotten]` in every such field, and no error. Of persons who are forgotten also what was written in
 * clear is read so. Digests and ids are those of the clear event.
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
    // Without the secret nothing was admitted yet.
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
          // A key may be there that others keep for longer.
          return gone || (await keys.isTooOld(place.month, place.keeper)) ? forget(kind, event) : event
        }),
      )
    },
    leaveSealed: (kind, value) => inner.decode(kind, value),
    async seal({ kind, source, key, at }, original) {
      if (!isSealed(kind) || !seals) return original
      secret ??= await keys.secret()
      const person = personId(personNameOfText(original.toString(), source, key), secret)
      // Nobody knows when its order was placed: of a person who was ever forgotten, nothing is kept that can't be read.
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

/** Each is given once. */
function drawIvs(randomBytes: SealingDeps['randomBytes']): () => Buffer {
  let pool: Buffer = Buffer.alloc(0)
  return () => {
    if (pool.length === 0) pool = randomBytes(IV_BYTES * IVS_AT_ONCE)
    const iv = pool.subarray(0, IV_BYTES)
    pool = pool.subarray(IV_BYTES)
    return iv
  }
}

/** What is sealed in the bytes; null: its key is gone. Throws `value_undecodable` for bytes that were damaged. */
async function openWith(keys: PersonKeys, bytes: Uint8Array, keeper: Keeper | null): Promise<Buffer | null> {
  const by = sealedWith(bytes)
  if (by === null) throw new StreamError('value_undecodable', 'what is sealed of a person does not begin as it must')
  const own = await keys.find(by, keeper)
  if (own === null) return null
  try {
    return unseal(bytes, own.key)
  } catch (cause) {
    throw new StreamError('value_undecodable', 'what is sealed of a person can not be opened: it was damaged', {
      cause,
    })
  }
}
