import { createSecretKey, type KeyObject } from 'node:crypto'
import { forEachBounded } from '../bounded.ts'
import type { Clock } from '../clock.ts'
import { type AttributeOf, list, number, or, orNull, rowsOf, rowType, text } from '../dynamodb/rows.ts'
import type { Condition, TableDefinition, Tables } from '../dynamodb/tables.ts'
import type { KeyPlace } from './person-id.ts'
import { endOfKeeping, type Keeper, keeperName, keeperOfName, later, type Retention } from './retention.ts'
import type { SealedWith } from './seal.ts'

const PERSON_KEYS = 'person_keys'

/** Keys of persons (partition `person`, a pseudonym; sort `month`), and who is forgotten (`month` is `forgotten`). */
export const personTables: readonly TableDefinition[] = [
  { name: PERSON_KEYS, partitionKey: 'person', sortKey: 'month', expires: 'expires' },
]

/** The row that says when a person was forgotten, and the one that the installation's own secret is in. */
const FORGOTTEN_ROW = 'forgotten'
const SECRET_ROW = { person: 'secret', month: 'secret' }

interface KeyRow {
  readonly person: string
  readonly month: string
  readonly key_id: string | null
  /** 32 bytes, base64. */
  readonly key: string | null
  /** What was placed until then stays forgotten; epoch milliseconds. */
  readonly forgotten_at: number | null
  /** Epoch seconds, after which DynamoDB removes the row; null: never. */
  readonly expires: number | null
  /** Names of the keepers that sealed with the key; null: nobody knows, as of one that an earlier version made. */
  readonly keepers: readonly string[] | null
  /** Grows with each change of the two: what a write is compared with. */
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
  /** So many bytes that nobody can guess. */
  readonly randomBytes: (count: number) => Buffer
  /** How long what was placed is kept, as it is set now. */
  readonly retention: () => Promise<Retention>
}

/** The keys that persons' data is sealed with. What is known of them is `FRESH_MS` old at most. */
export interface PersonKeys {
  /** What pseudonyms are made with; made once for an installation. */
  secret(): Promise<KeyObject>
  /** The key that something was sealed with; null: it was destroyed. `keeper` null: nobody knows whose it is. */
  find(by: SealedWith, keeper: Keeper | null): Promise<PersonKey | null>
  /** Until when what was placed in the month is kept, epoch milliseconds; null: for ever. */
  keptUntil(month: string, keeper: Keeper): Promise<number | null>
  /** Whether what was placed in the month is too old to be kept. */
  isTooOld(month: string, keeper: Keeper): Promise<boolean>
  /** Whether what was placed then is of a person who is forgotten, or too old to be kept. */
  isForgotten(place: KeyPlace): Promise<boolean>
  /** Has the key of each at hand, made where there is none; those that are forgotten have none. */
  prepare(places: readonly KeyPlace[]): Promise<void>
  /** The key if it is at hand. */
  atHand(place: Pick<KeyPlace, 'person' | 'month'>): PersonKey | null
  /**
   * Destroys the keys of what is too old to be kept, and brings the others to the times that are set now; how many were
   * destroyed.
   */
  destroyOld(signal: AbortSignal): Promise<number>
  /** Destroys every key of the person, now and for all that was placed until now; how many there were. */
  forget(person: string): Promise<number>
}

/** How long a key that was destroyed may be at hand elsewhere. */
export const FRESH_MS = 30_000
/** Keys that are kept at hand. */
const MOST = 50_000
const WRITERS = 16
const DAY_MS = 86_400_000

type Place = Pick<KeyPlace, 'person' | 'month'>

interface Known {
  readonly found: PersonKey | null
  /** Of the row of a forgotten person. */
  readonly forgottenAt: number | null
  readonly until: number
}

/** Of rows that are no keys. */
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
  /** Keys that are gone, by place and id. */
  const gone = new Map<string, number>()
  /**
   * That there was no key a moment ago says nothing of one that another process made since: only what was asked for this
   * key is believed.
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

  /** Guarded on both sides: whoever forgets notes it first and then removes keys; whoever made one looks again. */
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
    // One that is too old for all who sealed with it may not have been removed yet.
    const isGone: RowCondition = {
      anyOf: [{ absent: 'person' }, { attribute: 'expires', is: '<', value: clock.now() / 1000 }],
    }
    const made = await rows.put(row, isGone)
    const after = await rows.get({ person, month: FORGOTTEN_ROW })
    if (made && after !== undefined && (after.forgotten_at ?? 0) !== (forgottenAt ?? 0)) {
      await rows.delete({ person, month }, { attribute: 'key_id', is: '=', value: row.key_id ?? '' })
      note(place, undefined)
      note(after, after)
      return
    }
    note(place, made ? row : await rows.get({ person, month }))
  }

  /** A key that is there is kept for as long as the one who keeps longest wants. */
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
            if (!(await rows.delete(key, unchanged(row)))) return
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

/** The table may take two days to remove what has expired. */
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
  // Of an earlier version it has none.
  const same: RowCondition =
    revision === 0 ? { absent: 'revision' } : { attribute: 'revision', is: '=', value: revision }
  return { allOf: [{ attribute: 'key_id', is: '=', value: key_id ?? '' }, same] }
}

/** What is to be set so that the key is kept for as long as this keeper wants; null: nothing. */
function sharedBy(found: PersonKey, { month, keeper }: KeyPlace, keep: Retention, now: number) {
  const end = inSeconds(endOfKeeping(month, keep(keeper)))
  // Nothing is sealed of what is too old.
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

/** Of a key that an earlier version made. */
const NOBODY: Keeper = { source: '', entity: 'orders' }

/** When a key goes by the times that are set now: those of all who sealed with it. Of a source that is gone, the time stays. */
function expiresNow({ month, expires, keepers }: KeyRow, keep: Retention): number | null {
  if (keepers === null) return expires ?? inSeconds(endOfKeeping(month, keep(NOBODY)))
  const ends = keepers.map((name) => {
    const keepMs = keep(keeperOfName(name))
    return keepMs === undefined ? expires : inSeconds(endOfKeeping(month, keepMs))
  })
  return ends.reduce(later, 0)
}

/** What is asked for in one turn is loaded together. */
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

/** Of days, as an operator gives them. */
export function daysMs(days: number): number {
  return days * DAY_MS
}
