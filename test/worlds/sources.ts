import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { checkSystem } from '../../src/configuration/check-system.ts'
import { type SystemDocument, systemSchema } from '../../src/configuration/document-schemas.ts'
import { readShape } from '../../src/configuration/document-shape.ts'
import type { Read, System } from '../../src/configuration/model.ts'
import { documentOf } from '../../src/configuration/stored-form.ts'
import { readYaml } from '../../src/configuration/yaml-documents.ts'
import type { Entity } from '../../src/events/topics.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { createGovernors } from '../../src/platform/governor/governors.ts'
import type { Keyset, Page, ReadEntity, ReadWindow, SourceReader, WindowRow } from '../../src/systems/kit/source.ts'
import { systemTypes } from '../../src/systems/systems.ts'
import { readWith } from '../data/configuration.ts'

export const catalogFile = fileURLToPath(new URL('../../simulators/catalog/catalog.csv', import.meta.url))

/** 23 of its products, of each kind and vendor, where a test on servers needs no more: every product is work for each of them. */
export const smallCatalogFile = fileURLToPath(new URL('../data/small-catalog.csv', import.meta.url))

export const wallClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => await delay(ms, undefined, signal === undefined ? {} : { signal }),
}

/** Governors of one test process: each account's own limit is the only one. */
export const governors = createGovernors(wallClock)

/** Everything that ever changed. */
export const WHOLE: ReadWindow = { from: null, to: Date.UTC(2099, 0, 1) }

export function readOf(system: string, entity: Entity, pageSize: number, filter: Record<string, string> = {}): Read {
  return readWith(system, entity, { pageSize, settleSeconds: 0, overlapSeconds: 0, filter })
}

/** What a test says of a system; the rest is usual. */
export type TestSystem = Pick<System, 'id' | 'type' | 'address'> & Partial<System>

/** A system as it is once it is configured. Throws what `validate` would say: a test uses nothing that a user can't have. */
export function systemOf(given: TestSystem): System {
  const system = uncheckedSystem(given)
  assertValid(system, system.reads)
  return system
}

/** A system as a process may find it after an upgrade, or when its definition is not asked: it may be wrong. */
export function uncheckedSystem(given: TestSystem): System {
  return { secrets: {}, zone: 'UTC', limits: { concurrency: 2 }, settings: {}, reads: [], ...given }
}

/** A read of the system, all of it; `filter` is checked as `validate` does. */
export function checkedRead(
  system: System,
  entity: Entity,
  pageSize: number,
  filter: Record<string, string> = {},
): Read {
  const read = readOf(system.id, entity, pageSize, filter)
  assertValid(system, [read])
  return read
}

function assertValid(system: System, reads: readonly Read[]): void {
  // Reads of tests begin at the beginning: those of orders have to say so.
  const started = reads.map((read) => ({ ...read, startFrom: read.startFrom ?? '2020-01-01T00:00:00Z' }))
  const { documents } = readYaml(system.id, JSON.stringify(documentOf('system', { ...system, reads: started })))
  const mistakes = documents.flatMap((yaml) => {
    const { value, mistakes: wrong } = readShape(systemSchema, yaml)
    return wrong.length > 0 ? wrong : checkSystem({ kind: 'system', value: value as SystemDocument, yaml }, systemTypes)
  })
  if (mistakes.length > 0) throw new Error(mistakes.map(({ field, message }) => `${field} ${message}`).join('\n'))
}

export interface Taken<E extends Entity> {
  readonly pages: readonly Page<E>[]
  readonly entities: readonly ReadEntity<E>[]
  readonly unreadable: Page<E>['unreadable']
  readonly rows: readonly WindowRow[]
}

export async function readAll<E extends Entity>(
  reader: SourceReader<E>,
  window: ReadWindow = WHOLE,
  after: Keyset | null = null,
): Promise<Taken<E>> {
  const pages = await Array.fromAsync(reader.read(window, after, new AbortController().signal))
  return {
    pages,
    entities: pages.flatMap((page) => page.entities),
    unreadable: pages.flatMap((page) => page.unreadable),
    rows: pages.flatMap((page) => page.rows),
  }
}

export async function listAll(reader: SourceReader<Entity>, window: ReadWindow = WHOLE): Promise<readonly WindowRow[]> {
  const list = reader.list?.(window, new AbortController().signal)
  return list === undefined ? [] : (await Array.fromAsync(list)).flat()
}

export function keysOf(entities: readonly { readonly key: string }[]): string[] {
  return entities.map(({ key }) => key)
}
