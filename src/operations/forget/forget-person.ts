import type { Configuration } from '../../configuration/model.ts'
import { FORGOTTEN } from '../../events/forgotten.ts'
import { kindOf, topicOf, topics } from '../../events/topics.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Item, TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'
import { sealedKinds } from '../../platform/persons/person-id.ts'
import { FRESH_MS, type PersonKeys } from '../../platform/persons/person-keys.ts'
import { ORDER_INDEX } from '../../projections/tables.ts'
import type { SystemDefinition } from '../../systems/system.ts'
import { targetsOf } from '../sinks.ts'
import { tableDefinitions } from '../table-definitions.ts'
import { type InTopic, lookThroughTopics, type TopicDeps } from './look-through-topics.ts'
import { personOf, type Wanted } from './person.ts'
import { type InTable, lookThroughTables, removeRow, type TextsIn, wipeRow } from './wipe-tables.ts'

export interface ForgetDeps extends TopicDeps {
  readonly tables: Tables
  readonly clock: Pick<Clock, 'now'>
  readonly personKeys: PersonKeys
  readonly configuration: () => Promise<Pick<Configuration, 'systems'>>
  readonly systemTypes: ReadonlyMap<string, SystemDefinition>
}

/** Topics and tables that were searched for a person, with the records and rows found before and after. */
export interface ForgetProof {
  readonly dry_run: boolean
  /** ISO 8601: orders placed up to then are forgotten. */
  readonly at: string
  readonly keys_destroyed: number
  readonly topics: readonly {
    readonly topic: string
    readonly records: number
    readonly before: number
    readonly after: number
    readonly in_clear: number
  }[]
  readonly tables: readonly {
    readonly table: string
    readonly rows: number
    readonly before: number
    readonly after: number
  }[]
  /** No readable record or row contains data of the person any more. */
  readonly complete: boolean
  /** Milliseconds for which other processes may still cache a key. */
  readonly others_within_ms: number
}

/** Tables of products: large, and without personal data. */
const OF_GOODS = /^universal_/

/**
 * Destroys the keys of a person, so that topics no longer contain readable data of them, removes their data from
 * tables, and searches again. Repeatable: the next attempt finds whatever an interrupted one left.
 */
export async function forgetPerson(deps: ForgetDeps, wanted: Wanted, dryRun: boolean): Promise<ForgetProof> {
  const at = new Date(deps.clock.now()).toISOString()
  const person = personOf(wanted)
  const names = await topicsToLookThrough(deps)
  const places = new Map<string, Set<string>>()
  // First pass over orders only: they reveal the other names of the person.
  await lookThroughTopics(deps, person, [topicOf('orders')], places)
  const before = await lookThroughTopics(deps, person, names, places)
  const definitions = tableDefinitions.filter(({ name }) => !OF_GOODS.test(name))
  const ids = [...person.ids(await deps.personKeys.secret())]
  const saidIn = textsIn(person.texts(), ids)
  const inTables = await lookThroughTables(deps.tables, definitions, saidIn)
  let destroyed = 0
  if (!dryRun) {
    for (const id of ids) destroyed += await deps.personKeys.forget(id)
    await wipe(deps, saidIn, definitions)
  }
  const after = dryRun ? before : await lookThroughTopics(deps, person, names, places)
  const tablesAfter = dryRun ? inTables : await lookThroughTables(deps.tables, definitions, saidIn)
  return {
    dry_run: dryRun,
    at,
    keys_destroyed: destroyed,
    topics: before.map((topic, index) => inTopic(topic, after[index] ?? topic)),
    tables: inTables.map((table, index) => inTable(table, tablesAfter[index] ?? table)),
    complete: !dryRun && after.every(({ readable }) => readable === 0) && tablesAfter.every(({ found }) => found === 0),
    others_within_ms: FRESH_MS,
  }
}

/** Topics of the configured systems. Those of removed systems cannot be read once the keys are destroyed. */
async function topicsToLookThrough({ configuration, systemTypes }: ForgetDeps): Promise<readonly string[]> {
  const targets = targetsOf((await configuration()).systems, systemTypes)
  const perSystem = targets.flatMap(({ system, kinds }) => kinds.map((kind) => topicOf(kind, system)))
  const shared = topics.flatMap((topic) => (topic.perSystem ? [] : [topicOf(topic.kind)]))
  return [...shared, ...perSystem].filter((name) => PERSONAL.includes(kindOf(name)))
}

const PERSONAL: readonly string[] = [...sealedKinds, 'dead-letters']

/** The index of orders contains only a person's pseudonym; in other tables pseudonyms name keys that are destroyed. */
function textsIn(texts: readonly string[], ids: readonly string[]): TextsIn {
  return ({ name }) => (name === ORDER_INDEX ? ids : texts)
}

/**
 * Replaces the person's data in parked records and dead letters, and removes the person's orders from the index, so
 * that no search by person finds them.
 */
async function wipe(deps: ForgetDeps, saidIn: TextsIn, definitions: readonly TableDefinition[]): Promise<void> {
  await lookThroughTables(deps.tables, definitions, saidIn, async (definition, item) => {
    if (definition.name === ORDER_INDEX) return await removeRow(deps.tables, definition, item)
    await wipeRow(deps.tables, definition, item, saidIn(definition), (row, bytes) => forgottenBytes(deps, row, bytes))
  })
}

/** The stored event without personal data; bytes that are not a valid event are replaced as a whole. */
async function forgottenBytes({ codec, topicPrefix }: ForgetDeps, { topic }: Item, bytes: Buffer): Promise<Buffer> {
  try {
    const kind = kindOf(String(topic).slice(topicPrefix.length))
    return codec.encode(kind, await codec.decode(kind, bytes))
  } catch {
    return Buffer.from(FORGOTTEN)
  }
}

function inTopic({ topic, readable: before }: InTopic, { records, readable: after, in_clear }: InTopic) {
  return { topic, records, before, after, in_clear }
}

function inTable({ table, found: before }: InTable, { rows, found: after }: InTable) {
  return { table, rows, before, after }
}
