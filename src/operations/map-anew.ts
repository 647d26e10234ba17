import type { Configuration } from '../configuration/model.ts'
import { decodeOriginal, type Original } from '../control/dead-letters/original.ts'
import type { MapAnew } from '../control/dead-letters/retry.ts'
import { StreamError } from '../errors.ts'
import { readMadeFrom } from '../events/headers.ts'
import { entities, kindOf } from '../events/topics.ts'
import type { LogHeader, OutgoingRecord } from '../platform/kafka/event-log.ts'
import type { RecordReader } from '../platform/kafka/record-reader.ts'
import { topology } from '../processors/topology.ts'
import { type DryRun, type DryRunParts, dryRun } from './dry-run.ts'
import { ownMessage } from './own-part.ts'

export interface MapAnewParts extends DryRunParts {
  readonly reader: Pick<RecordReader, 'read'>
}

/** `seesShop`: whether the caller sees the whole shop of a connection, and so errors of the whole order. */
export type OpenMapAnew = (seesShop: (connection: string | null) => boolean) => MapAnew

interface Failed {
  readonly id: string
  readonly stage: string
  readonly connection: string | null
}

/**
 * Routes and maps a vendor's order again with the current configuration, from its source order. A record that failed at
 * a processor is returned unchanged: its retry maps it. Guarantee 4: refuses an order of which a newer version was read
 * since, because the vendor must receive the newer version.
 */
export function createMapAnew(parts: MapAnewParts, configuration: () => Promise<Configuration>): OpenMapAnew {
  const { topicPrefix, reader } = parts
  return (seesShop) => async (letter, original) => {
    if (topology.some(({ processor }) => processor === letter.stage)) return original
    const kind = original.topic === '' ? undefined : kindOf(original.topic.slice(topicPrefix.length))
    const row = kind === 'vendor-orders' ? topology.find(({ to }) => to.includes(kind)) : undefined
    if (row === undefined) throw conflict(letter, `it is not a mapped order; ${wayOut(kind)}`)
    const place = readMadeFrom(original.headers)
    if (place === null) throw conflict(letter, `it does not name its source order; ${replayIt}`)
    const [source] = await reader.read([place])
    if (source == null) throw conflict(letter, `its source order is no longer in ${place.topic}; ${readAgain}`)
    const read = await decodeOriginal(parts, source)
    if ('error' in read) throw conflict(letter, `its source order cannot be decoded: ${read.error.code}`)
    const made = await dryRun(row, parts, await configuration(), { original: source, decoded: read.decoded })
    return {
      ...original,
      ...contentOf(outputOf(letter, original, seesShop(letter.connection) ? made : ownPartOf(made))),
    }
  }
}

const replayIt = 'replay the order instead'
const readAgain = 'read it again from the shop'
const plainly = 'retry it as it is'

/** Entities for shops are mapped for the feed first: a replay produces both. */
function wayOut(kind: string | undefined): string {
  const entity = entities.find((one) => kind === `shop-${one}`)
  return entity === undefined || entity === 'fulfilments'
    ? plainly
    : `replay ${entity} instead, which maps it for the feed too`
}

function ownPartOf({ errors, ...made }: DryRun): DryRun {
  return { ...made, errors: errors.map((error) => ({ ...error, message: ownMessage('route-orders', error) })) }
}

/** The output for the dead letter's connection and target. */
function outputOf(letter: Failed, { topic }: Original, { sent, errors, decisions }: DryRun): OutgoingRecord {
  const { connection } = letter
  const error = errors.find((one) => one.connection === connection || one.connection === null)
  if (error !== undefined) {
    const field = error.field === null ? '' : ` at ${error.field}`
    throw conflict(letter, `mapping with the current configuration fails${field}: ${error.code}: ${error.message}`)
  }
  const decision = decisions.find((one) => one.connection === connection)
  if (decision?.status === 'superseded') {
    throw conflict(
      letter,
      `a newer version of the order was read since and is sent instead; ${plainly}, and it becomes superseded`,
    )
  }
  const record = sent.find(({ key }) => key.startsWith(`${connection}|`))
  if (record?.topic === topic) return record
  if (record !== undefined) throw conflict(letter, `${connection} has another vendor now; ${replayIt}`)
  const code = decision?.code ?? 'unknown_connection'
  throw conflict(letter, `the current configuration sends no part of the order to ${connection} (${code}); discard it`)
}

function contentOf({ key, value, headers = {} }: OutgoingRecord): Pick<Original, 'key' | 'value' | 'headers'> {
  const own = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((one): LogHeader => ({ key: name, value: Buffer.from(one) })),
  )
  return { key: Buffer.from(key), value, headers: own }
}

function conflict({ id }: Failed, why: string): StreamError {
  return new StreamError('state_conflict', `dead letter ${id} cannot be mapped again: ${why}`, { field: 'id' })
}
