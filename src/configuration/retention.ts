import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { readableItems } from '../platform/dynamodb/unreadable-rows.ts'
import type { Retention } from '../platform/persons/retention.ts'
import type { System } from './model.ts'
import { stays, systemOfRow } from './stored-documents.ts'
import { CONNECTIONS } from './tables.ts'

/** How long the read documents are cached. */
const FRESH_MS = 30_000
const DAY_MS = 86_400_000

/** Retention of each system's orders and fulfilments: from its document, else `usualMs`. */
export function watchRetention(
  tables: Pick<Tables, 'query'>,
  clock: Pick<Clock, 'now'>,
  usualMs: number | null,
): () => Promise<Retention> {
  let known: { readonly until: number; readonly retention: Promise<Retention> } | undefined
  return () => {
    if (known !== undefined && known.until > clock.now()) return known.retention
    const asked = { until: clock.now() + FRESH_MS, retention: readRetention(tables, usualMs) }
    known = asked
    asked.retention.catch(() => {
      if (known === asked) known = undefined
    })
    return asked.retention
  }
}

async function readRetention(tables: Pick<Tables, 'query'>, usualMs: number | null): Promise<Retention> {
  const items = (await tables.query(CONNECTIONS, { partition: 'system' })).filter(stays)
  return retentionOf(readableItems(items, systemOfRow), usualMs)
}

export function retentionOf(systems: readonly Pick<System, 'id' | 'retention'>[], usualMs: number | null): Retention {
  const own = new Map(systems.map(({ id, retention = {} }) => [id, retention]))
  return ({ source, entity }) => {
    const set = own.get(source)
    if (set === undefined) return usualMs ?? undefined
    const time = set[entity]
    return time === undefined ? usualMs : Number.parseInt(time, 10) * DAY_MS
  }
}
