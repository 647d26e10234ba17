import type { Configuration } from '../configuration/model.ts'
import { decodeOriginal, shownOf } from '../control/dead-letters/original.ts'
import type { PreviewRetry, RetryPreview } from '../control/dead-letters/preview.ts'
import {
  isPerSystem,
  type KindEvent,
  kindOf,
  type PerSystemKind,
  recordKey,
  type TopicEvents,
} from '../events/topics.ts'
import { versionRank } from '../events/version.ts'
import type { OutgoingRecord } from '../platform/kafka/event-log.ts'
import { createDeliveries } from '../processors/delivery/deliveries.ts'
import { topology } from '../processors/topology.ts'
import { type DryRunParts, dryRun, errorOf } from './dry-run.ts'

const nothing = { errors: [], decisions: [], outputs: [], delivery: null } as const

/** Runs the stage's own code on the original, with read-only tables and a producer that only collects records. */
export function createPreview(parts: DryRunParts, configuration: () => Promise<Configuration>): PreviewRetry {
  return async (stage, original, persons) => {
    const read = await decodeOriginal(parts, original)
    if ('error' in read) {
      const errors = [errorOf(null, read.error)]
      return { ...nothing, kind: 'other', verdict: 'it would fail again: it cannot be decoded', event: null, errors }
    }
    const event = shownOf(read.decoded, persons)
    const row = topology.find(({ processor }) => processor === stage)
    if (row !== undefined) {
      const { sent, errors, decisions } = await dryRun(row, parts, await configuration(), {
        original,
        decoded: read.decoded,
      })
      const verdict = errors.length > 0 ? 'it would fail again' : 'it would succeed'
      const outputs = await Promise.all(sent.map((record) => outputOf(parts, record, persons)))
      return { ...nothing, kind: 'processor', verdict, event, errors, decisions, outputs }
    }
    const { kind } = read.decoded
    if (!isPerSystem(kind)) {
      return { ...nothing, kind: 'other', verdict: `it can be decoded; ${stage} would handle it again`, event }
    }
    const delivered = await deliveryOf(parts, kind, read.decoded.event as TopicEvents[PerSystemKind])
    return { ...nothing, kind: 'sink', event, ...delivered }
  }
}

async function outputOf({ codec, topicPrefix }: DryRunParts, { topic, key, value }: OutgoingRecord, persons: boolean) {
  const kind = kindOf(topic.slice(topicPrefix.length))
  return { topic, key, event: shownOf({ kind, event: await codec.decode(kind, value) } as KindEvent, persons) }
}

/** The state of the event's key at its target, and the result of a delivery. */
export async function deliveryOf(
  { tables, clock }: Pick<DryRunParts, 'tables' | 'clock'>,
  kind: PerSystemKind,
  event: TopicEvents[PerSystemKind],
): Promise<Pick<RetryPreview, 'verdict' | 'delivery'>> {
  const row = await createDeliveries(tables).find(event.connection, recordKey(kind, event.key))
  if (row === undefined) return { verdict: 'it would be sent: it is new at the target', delivery: null }
  if (row.heldUntil > clock.now() && row.rank <= versionRank(event)) {
    const delivery = { state: row.state, target_id: row.targetId, newer: false }
    return { verdict: 'it would wait: somebody holds the order', delivery }
  }
  const newer = row.rank > versionRank(event)
  const delivery = { state: row.state, target_id: row.targetId, newer }
  if (newer) return { verdict: 'it would be superseded: a newer version was sent', delivery }
  if (row.cancellation !== null) {
    return { verdict: `it would stay canceled at the vendor: ${row.cancellation.by} canceled it`, delivery }
  }
  const isThere = row.state === 'delivered' && row.digest === event.contentDigest
  return { verdict: isThere ? 'it would change nothing: the target already has it' : 'it would be sent', delivery }
}
