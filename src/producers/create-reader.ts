import type { Read, System } from '../configuration/model.ts'
import { StreamError } from '../errors.ts'
import type { Entity } from '../events/topics.ts'
import type { Clock } from '../platform/clock.ts'
import type { Clients } from '../systems/clients.ts'
import type { ReaderNotes } from '../systems/kit/reader-notes.ts'
import type { AnySourceReader, Page, SourceReader } from '../systems/kit/source.ts'
import { unreadableError } from '../systems/system.ts'
import { allKeys } from './all-keys.ts'

export interface ReaderDeps {
  readonly clock: Clock
  readonly clients: Clients
  /** Absent: readers remember nothing between runs. */
  readonly notes?: ReaderNotes
}

/**
 * The reader of a read; it connects on the first read. Throws `configuration_invalid` if the system type does not have
 * the entity; the reader throws other configuration errors when it reads.
 */
export function createReader(
  read: Read,
  system: System,
  deps: ReaderDeps,
  queueUrl: string | null = null,
): AnySourceReader {
  const definition = deps.clients.systemTypes.get(system.type)
  if (definition?.reads[read.entity] === undefined) throw unreadableError(read, system, definition?.reads ?? {})
  const { isQueue } = definition
  if (queueUrl !== null && !isQueue) throw noQueuesError(read, system)
  const connected = async () => (await deps.clients.of(system)).reader(read, deps, queueUrl) as SourceReader<Entity>
  const through = async function* <T>(pages: (reader: SourceReader<Entity>) => AsyncIterable<T> | undefined) {
    try {
      const found = pages(await connected())
      if (found !== undefined) yield* found
    } catch (error) {
      if (error instanceof StreamError && error.policy === 'pause') deps.clients.forget(system)
      throw error
    }
  }
  const reader: SourceReader<Entity> = {
    name: `${system.type}.${read.entity}`,
    entity: read.entity,
    read: (window, after, signal) => through<Page<Entity>>((source) => source.read(window, after, signal)),
    // A queue can't list its content: for a sweep, an empty list would mean that everything is gone.
    ...(isQueue && queueUrl === null
      ? {}
      : { list: (window, signal) => through((source) => source.list?.(window, signal)) }),
    ...(queueUrl === null ? {} : { discard: async (signal) => await discard(await connected(), signal) }),
    // Regardless of the source's own reader: what can't be listed must not look empty.
    ...(isQueue
      ? {}
      : {
          keys: (signal, accepted) => through((source) => allKeys(source, deps.clock.now(), signal, accepted)),
        }),
  }
  return reader as AnySourceReader
}

async function discard(source: SourceReader<Entity>, signal: AbortSignal): Promise<string> {
  return (await source.discard?.(signal)) ?? 'kept: it is not a queue'
}

function noQueuesError(read: Read, system: System): StreamError {
  const message = `queueUrl: ${read.id} is read from a ${system.type} system, which has no queues`
  return new StreamError('configuration_invalid', message, { field: 'queueUrl' })
}
