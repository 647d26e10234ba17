import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Read, System } from '../../src/configuration/model.ts'
import type { Entity } from '../../src/events/topics.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { createGovernors } from '../../src/platform/governor/governors.ts'
import type { Keyset, Page, ReadEntity, ReadWindow, SourceReader, WindowRow } from '../../src/systems/kit/source.ts'
import { readWith } from '../data/configuration.ts'

export const catalogFile = fileURLToPath(new URL('../../simulators/catalog/catalog.csv', import.meta.url))

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

export function systemOf(system: Pick<System, 'id' | 'type' | 'address'> & Partial<System>): System {
  return { secrets: {}, zone: 'UTC', limits: { concurrency: 2 }, settings: {}, reads: [], ...system }
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
