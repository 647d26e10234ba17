import type { System } from '../configuration/model.ts'
import { StreamError } from '../errors.ts'
import type { PerSystemKind } from '../events/topics.ts'
import type { Clients } from './clients.ts'
import type { AnySink, Sink } from './kit/sink.ts'
import type { OpenSystem } from './system.ts'

/**
 * A system's sink that outlives its client. When the target refuses the credentials, the next call creates a new client
 * with the secrets as they are then. A paused delivery therefore continues after the secrets are renewed, by its own
 * probe or when it is resumed, without a restart.
 */
export async function renewedSink(
  system: System,
  kind: PerSystemKind,
  clients: Pick<Clients, 'of' | 'forget'>,
): Promise<AnySink> {
  const open = async (known?: { readonly of: OpenSystem; readonly sink: Sink<PerSystemKind> }) => {
    const of = await clients.of(system)
    return known?.of === of ? known : { of, sink: of.sink(kind) as Sink<PerSystemKind> }
  }
  let current = await open()
  const through = async <T>(call: (sink: Sink<PerSystemKind>) => Promise<T>): Promise<T> => {
    try {
      current = await open(current)
      return await call(current.sink)
    } catch (error) {
      if (error instanceof StreamError && error.policy === 'pause') clients.forget(system)
      throw error
    }
  }
  const { naturalKey, sideBySide, probe } = current.sink
  const sink: Sink<PerSystemKind> = {
    kind,
    naturalKey,
    ...(sideBySide === undefined ? {} : { sideBySide }),
    deliver: (event, connection, signal, before) => through((now) => now.deliver(event, connection, signal, before)),
    ...(probe === undefined ? {} : { probe: (signal) => through(async (now) => await now.probe?.(signal)) }),
  }
  return sink as AnySink
}
