import { createSecretKey, type KeyObject } from 'node:crypto'
import { forEachBounded } from '../bounded.ts'
import type { Clock } from '../clock.ts'
import { type AttributeOf, list, number, or, orNull, rowsOf, rowType, text } from '../dynamodb/rows.ts'
import type { Condition, TableDefinition, Tables } from '../dynamodb/tables.ts'
import type { KeyPlace } from './person-id.ts'
import { endOfKeeping, type Keeper, keeperName, keeperOfName, later, type Retention } from './retention.ts'
import type { SealedWith } from './seal.ts'

const PERSON_KEYS = 'person_keys'

/** Keys of persons (partition `person`, a pseudonym; sort `month`), and forgotten persons (`month` is `forgotten`). */
export const personTables: readonly TableDefinition[] = [
  { name: PERSON_KEYS, partitionKey: 'person', sortKey: 'month', expires: 'expires' },
]

/** Month of the row with the time a person was forgotten, and key of the row with the installation's secret. */
const FORGOTTEN_ROW = 'forgotten'
const SECRET_ROW = { person: 'secret', month: 'secret' }

interface KeyRow {
  readonly person: string
  readonly month: string
  readonly key_id: string | null
  /** 32 bytes, base64. */
  readonly key: string | null
  /** Everything placed until then stays forgotten; milliseconds UTC. */
  readonly forgotten_at: number | null
  /** Seconds since 1970 after which DynamoDB removes the row; null: never. */
  readonly expires: number | null
  /** Names of the keepers that sealed with the key; null: unknown, for keys of earlier versions. */
  readonly keepers: readonly string[] | null
  /** Grows with each change of `expires` and `keepers`; the condition of writes. */
  readonly revision: number
}

const keyRows = rowType<KeyRow>(PERSON_KEYS, ['person', 'month'], {
  person: text,
  month: text,
  key_id: orNull(text),
  key: orNull(text),
  forgotten_at: orNull(number),
  expires: orNull(number),
  keepers: orNull(list(text)),
  revision: or(number, 0),
})

/** A key of a person for one month. */
export interface PersonKey {
  readonly id: string
  readonly key: KeyObject
  readonly forgottenAt: number | null
  readonly expires: number | null
  readonly keepers: readonly string[] | null
  readonly revision: number
}

export interface PersonKeysDeps {
  readonly tables: Tables
  readonly clock: Pick<Clock, 'now'>
  /** Cryptographically random bytes. */
  readonly randomBytes: (count: number) => Buffer
  /** Current retention of orders and fulfilments. */
  readonly retention: () => Promise<Retention>
}

/** The keys that seal personal data. Cached keys are at most `FRESH_MS` old. */
export interface PersonKeys {
  /** The secret for pseudonyms; created once per installation. */
  secret(): Promise<KeyObject>
  /** The key that data was sealed with; null: it was destroyed. `keeper` null: the keeper is unknown. */
  find(by: SealedWith, keeper: Keeper | null): Promise<PersonKey | null>
  /** End of the retention of data placed in the month, milliseconds UTC; null: unlimited. */
  keptUntil(month: string, keeper: Keeper): Promise<number | null>
  /** Whether the retention of data placed in the month is over. */
  isTooOld(month: string, keeper: Keeper): Promise<boolean>
  /** Whether the data belongs to a forgotten person, or its retention is over. */
  isForgotten(place: KeyPlace): Promise<boolean>
  /** Loads the key of each place, and creates missing ones, except for forgotten data. */
  prepare(places: readonly KeyPlace[]): Promise<void>
  /** The key, if it is cached. */
  atHand(place: Pick<KeyPlace, 'person' | 'month'>): PersonKey | null
  /**
   * Destroys the keys whose retention is over, and updates the expiry of the others to the current retention; returns
   * how many it destroyed.
   */
  destroyOld(signal: AbortSignal): Promise<number>
  /** Destroys every key of the person, for everything placed until now; returns how many there were. */
  forget(person: string): Promise<number>
}

/** How long another process may still have a destroyed key cached. */
export const FRESH_MS = 30_000
/** Most cached keys. */
const MOST = 50_000
const WRITERS = 16
const DAY_MS = 86_400_000

type Place = Pick<KeyPlace, 'person' | 'month'>

interface Known {
  readonly found: PersonKey | null
  /** From the row of a forgotten person. */
  readonly forgottenAt: number | null
  readonly until: number
}

/** Attributes of rows that are not keys. */
const NOT_KEPT = { expires: null, keepers: null, revision: 1 } as const

const nameOf = ({ person, month }: Place): string => `${person} ${month}`

export function createPersonKeys(deps: PersonKeysDeps): PersonKeys {
  const { tables, clock, randomBytes, retention } = deps
  const rows = rowsOf(tables, keyRows)
  const known = new Map<string, Known>()
  let secret: Promise<KeyObject> | undefined

  const note = (place: Place, row: KeyRow | undefined): Known => {
    const name = nameOf(place)
    const one = {
      found: keyOf(row, clock.now()),
      forgottenAt: row?.forgotten_at ?? null,
      until: clock.now() + FRESH_MS,
    }
    known.delete(name)
    known.set(name, one)
    if (known.size > MOST) for (const oldest of [...known.keys()].slice(0, MOST / 10)) known.delete(oldest)
    return one
  }
  const isFresh = (place: Place) => (known.get(nameOf(place))?.until ?? 0) > clock.now()
  const load = (places: readonly Place[]) => fetch(places.filter((place) => !isFresh(place)))
  const fetch = async (places: readonly Place[]): Promise<void> => {
    const wanted = new Map(places.map((place) => [nameOf(place), place]))
    if (wanted.size === 0) return
    const keys = [...wanted.values()].map(({ person, month }) => ({ person, month }))
    const found = new Map((await rows.getMany(keys)).map((row) => [nameOf(row), row]))
    for (const [name, place] of wanted) note(place, found.get(name))
  }
  const together = joinLoads(load)
  const fetchTogether = joinLoads(fetch)
  /** Destroyed keys, by place and id. */
  const gone = new Map<string, number>()
  /**
   * A cached "no key" may be out of date when another process has created one since: reads again before it reports this
   * key as destroyed.
   */
  const find = async (by: SealedWith, keeper: Keeper | null): Promise<PersonKey | null> => {
    if (keeper !== null && (await isTooOld(by.month, keeper))) return null
    const place = { person: by.person, month: by.month }
    const atHand = isFresh(place) ? known.get(nameOf(place))?.found : null
    if (atHand?.id === by.keyId) return atHand
    const name = `${nameOf(place)} ${by.keyId}`
    if ((gone.get(name) ?? 0) > clock.now()) return null
    await fetchTogether(place)
    const found = known.get(nameOf(place))?.found ?? null
    if (found?.id === by.keyId) return found
    if (gone.size >= MOST) gone.clear()
    gone.set(name, clock.now() + FRESH_MS)
    return null
  }
  const get = async (place: Place): Promise<Known> => {
    if (!isFresh(place)) await together(place)
    return known.get(nameOf(place)) ?? note(place, await rows.get({ person: place.person, month: place.month }))
  }
  const keptUntil = async (month: string, keeper: Keeper) => endOfKeeping(month, (await retention())(keeper))
  const isTooOld = async (month: string, keeper: Keeper) => {
    const end = await keptUntil(month, keeper)
    return end !== null && end < clock.now()
  }
  const expiryOf = async ({ month, keeper }: KeyPlace) => inSeconds(await keptUntil(month, keeper))
  const forgottenRow = ({ person }: Place): Place => ({ person, month: FORGOTTEN_ROW })
  const isForgotten = async (place: KeyPlace): Promise<boolean> => {
    if (await isTooOld(place.month, place.keeper)) return true
    const { forgottenAt } = await get(forgottenRow(place))
    return forgottenAt !== null && place.at <= forgottenAt
  }

  /**
   * Safe against a concurrent `forget`: that writes its row before it removes keys, and this checks again after its
   * write.
   */
  const make = async (place: KeyPlace): Promise<void> => {
    const { person, month } = place
    const { forgottenAt } = await get(forgottenRow(place))
    if ((await isTooOld(month, place.keeper)) || (forgottenAt !== null && place.at <= forgottenAt)) return
    const row: KeyRow = {
      person,
      month,
      key_id: randomBytes(8).toString('hex'),
      key: randomBytes(32).toString('base64'),
      forgotten_at: forgottenAt,
      expires: await expiryOf(place),
      keepers: [keeperName(place.keeper)],
      revision: 1,
    }
    // DynamoDB may not have removed an expired key yet.
    const isGone: RowCondition = {
      anyOf: [{ absent: 'person' }, { attribute: 'expires', is: '<', value: clock.now() / 1000 }],
    }
    const made = await rows.put(row, { mine: isGone })
    const after = await rows.get({ person, month: FORGOTTEN_ROW })
    if (made && after !== undefined && (after.forgotten_at ?? 0) !== (forgottenAt ?? 0)) {
      await rows.delete({ person, month }, { attribute: 'key_id', is: '=', value: row.key_id ?? '' })
      note(place, undefined)
      note(after, after)
      return
    }
    note(place, made ? row : await rows.get({ person, month }))
  }

  /** Extends an existing key's expiry to the longest retention of its keepers. */
  const share = async (place: KeyPlace): Promise<void> => {
    const { person, month } = place
    for (;;) {
      const found = known.get(nameOf(place))?.found ?? null
      if (found === null) return await make(place)
      const set = sharedBy(found, place, await retention(), clock.now())
      if (set === null) return
      await rows.update({ person, month }, { set }, unchanged({ key_id: found.id, revision: found.revision }))
      note(place, await rows.get({ person, month }))
    }
  }

  return {
    secret: () => {
      secret ??= makeSecret(deps)
      secret.catch(() => {
        secret = undefined
      })
      return secret
    },
    find,
    keptUntil,
    isTooOld,
    isForgotten,
    async prepare(places) {
      const different = [...new Map(places.map((place) => [nameOf(place), place])).values()]
      await load(different)
      const missing = different.filter((place) => known.get(nameOf(place))?.found === null)
      if (missing.length > 0) {
        await load(missing.map(forgottenRow))
        await forEachBounded(missing, WRITERS, make)
      }
      const keep = await retention()
      const now = clock.now()
      for (const place of places) {
        const found = known.get(nameOf(place))?.found ?? null
        if (found !== null && sharedBy(found, place, keep, now) !== null) await share(place)
      }
    },
    async destroyOld(signal) {
      const keep = await retention()
      let destroyed = 0
      for await (const page of rows.scan()) {
        signal.throwIfAborted()
        await forEachBounded(page, WRITERS, async (row) => {
          if (row.key_id === null) return
          const key = { person: row.person, month: row.month }
          const expires = expiresNow(row, keep)
          if (expires !== null && expires * 1000 < clock.now()) {
            if (!(await rows.delete(key, { mine: unchanged(row) }))) return
            destroyed += 1
            note(row, undefined)
          } else if (expires !== row.expires) {
            await rows.update(key, { set: { expires, revision: row.revision + 1 } }, unchanged(row))
          }
        })
      }
      return destroyed
    },
    atHand: (place) => known.get(nameOf(place))?.found ?? null,
    async forget(person) {
      const now = clock.now()
      const row: KeyRow = { person, month: FORGOTTEN_ROW, key_id: null, key: null, forgotten_at: now, ...NOT_KEPT }
      await rows.put(row)
      note(row, row)
      const keys = (await rows.query({ partition: person })).filter(({ month }) => month !== FORGOTTEN_ROW)
      for (const { month } of keys) {
        await rows.delete({ person, month })
        note({ person, month }, undefined)
      }
      return keys.length
    },
  }
}

/** Null for an expired key: DynamoDB may take two days to remove it. */
function keyOf(row: KeyRow | undefined, now: number): PersonKey | null {
  if (row?.key == null || row.key_id === null) return null
  if (row.expires !== null && row.expires * 1000 < now) return null
  return {
    id: row.key_id,
    key: createSecretKey(Buffer.from(row.key, 'base64')),
    forgottenAt: row.forgotten_at,
    expires: row.expires,
    keepers: row.keepers,
    revision: row.revision,
  }
}

type RowCondition = Condition<AttributeOf<KeyRow>>

function unchanged({ key_id, revision }: Pick<KeyRow, 'key_id' | 'revision'>): RowCondition {
  // Rows of earlier versions have no revision.
  const same: RowCondition =
    revision === 0 ? { absent: 'revision' } : { attribute: 'revision', is: '=', value: revision }
  return { allOf: [{ attribute: 'key_id', is: '=', value: key_id ?? '' }, same] }
}

/** The change that makes the key last for this keeper's retention; null: none is needed. */
function sharedBy(found: PersonKey, { month, keeper }: KeyPlace, keep: Retention, now: number) {
  const end = inSeconds(endOfKeeping(month, keep(keeper)))
  // Data whose retention is over is not sealed.
  if (end !== null && end * 1000 < now) return null
  const name = keeperName(keeper)
  const expires = later(found.expires, end)
  const isKnown = found.keepers === null || found.keepers.includes(name)
  if (isKnown && expires === found.expires) return null
  return { expires, keepers: isKnown ? found.keepers : [...found.keepers, name], revision: found.revision + 1 }
}

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : Math.ceil(ms / 1000)
}

/** Keeper of keys from earlier versions. */
const NOBODY: Keeper = { source: '', entity: 'orders' }

/** Expiry of a key by the current retention of all its keepers; keepers of removed sources leave it unchanged. */
function expiresNow({ month, expires, keepers }: KeyRow, keep: Retention): number | null {
  if (keepers === null) return expires ?? inSeconds(endOfKeeping(month, keep(NOBODY)))
  const ends = keepers.map((name) => {
    const keepMs = keep(keeperOfName(name))
    return keepMs === undefined ? expires : inSeconds(endOfKeeping(month, keepMs))
  })
  return ends.reduce(later, 0)
}

/** Combines the loads of one turn of the event loop. */
function joinLoads(load: (places: readonly Place[]) => Promise<void>): (place: Place) => Promise<void> {
  let waiting: Place[] = []
  let next: Promise<void> | null = null
  return (place) => {
    waiting.push(place)
    next ??= Promise.resolve().then(async () => {
      const places = waiting
      waiting = []
      next = null
      await load(places)
    })
    return next
  }
}

async function makeSecret({ tables, randomBytes }: PersonKeysDeps): Promise<KeyObject> {
  const rows = rowsOf(tables, keyRows)
  const key = randomBytes(32).toString('base64')
  await rows.put({ ...SECRET_ROW, key, key_id: null, forgotten_at: null, ...NOT_KEPT }, { absent: 'person' })
  const row = await rows.get(SECRET_ROW)
  return createSecretKey(Buffer.from(row?.key ?? key, 'base64'))
}

/** Days in milliseconds. */
export function daysMs(days: number): number {
  return days * DAY_MS
}
