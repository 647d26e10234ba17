import { flag, or, queryReadable, rowType, text } from '../dynamodb/rows.ts'
import type { Condition, Item, TableDefinition, Tables } from '../dynamodb/tables.ts'
import { readableItems } from '../dynamodb/unreadable-rows.ts'
import type { LogRecord } from '../kafka/event-log.ts'
import {
  fromParkedItem,
  PARKED,
  type ParkedRecord,
  parkedAttributes,
  releaseText,
  toParkedItem,
} from './parked-item.ts'
import type { ParkedOwners } from './parked-owners.ts'

const BY_RELEASE = 'by-release'
/** Sorts after every time: held rows are not due. */
export const HELD = '~'
/** Code of records whose order a person holds: checked from time to time, and woken when the order is released. */
export const ORDER_HELD = 'order_held'

/**
 * Records that wait and whose offsets are committed (partition `stage`: stage#partition of the input; sort `id`:
 * connection|kind|key#offset).
 */
export const parkingTables: readonly TableDefinition[] = [
  {
    name: PARKED,
    partitionKey: 'stage',
    sortKey: 'id',
    localIndexes: [{ name: BY_RELEASE, sortKey: 'release_at' }],
  },
]

/** When a parked record is due: at a time, or once the connection that holds it is resumed. */
export type Release = { readonly at: number } | { readonly held: string }

/** A key to check again; the check uses the newest record of that time. */
export interface ParkedCheck {
  readonly id: string
  readonly connection: string
  readonly key: string
  readonly attempts: number
  readonly firstAt: number
  /** Distinguishes this check from a later one of the key. */
  readonly mark: string
  /** A person asked for the check, so its result is reported. */
  readonly told: boolean
}

export type Parked = ({ readonly what: 'record' } & ParkedRecord) | ({ readonly what: 'check' } & ParkedCheck)

/**
 * The parked records of one stage and partition. Calls may be repeated: a record has one row, however often it is
 * parked.
 */
export interface Parking {
  /** Resolves when the record is stored; from then on its offset may be committed (Guarantee 1). */
  park(record: ParkedRecord, release: Release): Promise<void>
  /** Schedules a check of the key at `at` or earlier. A check under way does not count: it may have read too early. */
  check(check: Omit<ParkedCheck, 'id'>, at: number): Promise<void>
  /** Postpones a check that is under way. */
  postpone(check: ParkedCheck, at: number): Promise<void>
  /** Up to `limit` rows that are due, in order of their time. */
  due(now: number, limit: number): Promise<readonly Parked[]>
  /** Connections with held records. */
  holders(): Promise<readonly string[]>
  /** Held records of a connection: fewest attempts first, then oldest. */
  heldFor(connection: string, limit: number): Promise<readonly Parked[]>
  ofKey(connection: string, key: string): Promise<readonly ParkedRecord[]>
  /** Makes the key's records that wait for a time due at once; returns how many. Held records stay held. */
  hasten(connection: string, key: string): Promise<number>
  /** Makes the key's records due at once whose order was held. */
  wake(connection: string, key: string): Promise<void>
  remove(parked: Parked): Promise<void>
}

/** Partition key of the table for the parked rows of a stage's partition. */
export function parkedOwner(stage: string, partition: number): string {
  return `${stage}#${partition}`
}

/** `owners` is notified of parked rows, so that the partition is read again. */
export function createParking(
  tables: Tables,
  stage: string,
  partition: number,
  owners?: Pick<ParkedOwners, 'noteParked'>,
): Parking {
  const owner = parkedOwner(stage, partition)
  const byRelease = { partition: owner, index: BY_RELEASE }
  return {
    async park(record, release) {
      await tables.put(PARKED, { stage: owner, ...toParkedItem(record), release_at: releaseOf(release, record) })
      owners?.noteParked(owner)
    },
    async check(check, at) {
      const id = `${check.connection}|${check.key}#check`
      for (;;) {
        const known = await tables.get(PARKED, { stage: owner, id })
        const [first = ''] = [releaseText(at), ...(known === undefined ? [] : [String(known['release_at'])])].toSorted()
        const same: Condition<keyof ParkedCheck> =
          known === undefined ? { absent: 'mark' } : { attribute: 'mark', is: '=', value: String(known['mark']) }
        const told = check.told || known?.['told'] === true
        if (!(await tables.put(PARKED, { stage: owner, id, ...check, told, release_at: first }, same))) continue
        owners?.noteParked(owner)
        return
      }
    },
    async postpone({ id, mark, connection, key, attempts, firstAt, told }, at) {
      const item = { stage: owner, id, mark, connection, key, attempts, firstAt, told, release_at: releaseText(at) }
      await tables.put(PARKED, item, { attribute: 'mark', is: '=', value: mark })
    },
    async due(now, limit) {
      return await queryReadable(tables, PARKED, { ...byRelease, to: releaseText(now), limit }, decodeParked)
    },
    async holders() {
      const holders: string[] = []
      for (let after: string | undefined; ; ) {
        const from = after === undefined ? { from: HELD } : { after }
        const [item] = await tables.query(PARKED, { ...byRelease, ...from, limit: 1 })
        if (item === undefined) return holders
        const connection = String(item['connection'])
        holders.push(connection)
        after = `${HELD}${connection}#~`
      }
    },
    async heldFor(connection, limit) {
      const range = { ...byRelease, beginsWith: `${HELD}${connection}#`, limit }
      return await queryReadable(tables, PARKED, range, decodeParked)
    },
    async ofKey(connection, key) {
      const items = await tables.query(PARKED, { partition: owner, beginsWith: `${connection}|${key}#` })
      const records = readableItems(items, decodeParked).filter((parked) => parked.what === 'record')
      // A key may contain a #: then other keys begin with it.
      return records.filter((parked) => parked.key === key)
    },
    async hasten(connection, key) {
      const range = { partition: owner, beginsWith: `${connection}|${key}#` }
      const attributes = ['id', 'key', 'code', 'mark', 'release_at']
      const own = (await tables.query(PARKED, { ...range, attributes })).filter(
        (item) => item['key'] === key && item['mark'] === undefined && isTimed(item),
      )
      for (const { id, release_at } of own) {
        const change = { set: { release_at: releaseText(0) } }
        const same = { attribute: 'release_at', is: '=', value: String(release_at) } as const
        await tables.update(PARKED, { stage: owner, id: String(id) }, change, same)
      }
      return own.length
    },
    async wake(connection, key) {
      const range = { partition: owner, beginsWith: `${connection}|${key}#`, attributes: ['id', 'key', 'code'] }
      const own = (await tables.query(PARKED, range)).filter(
        (item) => item['key'] === key && item['code'] === ORDER_HELD,
      )
      for (const { id } of own) {
        const change = { set: { release_at: releaseText(0) } }
        await tables.update(PARKED, { stage: owner, id: String(id) }, change, { present: 'code' })
      }
    },
    async remove(parked) {
      const same: Condition<keyof ParkedCheck> | undefined =
        parked.what === 'check' ? { attribute: 'mark', is: '=', value: parked.mark } : undefined
      await tables.delete(PARKED, { stage: owner, id: parked.id }, same)
    },
  }
}

/** True when the row waits for a time, not for a person. */
function isTimed({ release_at, code }: Item): boolean {
  return !String(release_at).startsWith(HELD) && code !== ORDER_HELD
}

function releaseOf(release: Release, { attempts, record }: ParkedRecord): string {
  if ('at' in release) return releaseText(release.at)
  return `${HELD}${release.held}#${String(attempts).padStart(6, '0')}#${offsetText(record)}`
}

const checkRows = rowType<ParkedCheck>(PARKED, ['id'], {
  ...parkedAttributes,
  mark: text,
  told: or(flag, false),
})

/** Throws `row_unreadable`. */
export function decodeParked(item: Item): Parked {
  if (item['mark'] === undefined) return { what: 'record', ...fromParkedItem(item) }
  return { what: 'check', ...checkRows.decode(item) }
}

function offsetText({ offset }: Pick<LogRecord, 'offset'>): string {
  return String(offset).padStart(20, '0')
}
