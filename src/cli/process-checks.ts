import { StreamError } from '../errors.ts'
import type { Platform } from './platform.ts'
import type { RunningPart } from './running-part.ts'

/** Readiness checks of a process; each throws its problem. */
export function processChecks(
  { tables, admin, config }: Pick<Platform, 'tables' | 'admin' | 'config'>,
  parts: readonly RunningPart[],
): Readonly<Record<'tables' | 'broker' | 'consumers', () => Promise<void>>> {
  return {
    tables: async () => void (await tables.get('connections', { kind: 'revision', id: 'configuration' })),
    broker: async () => void (await admin.ends(`${config.topicPrefix}orders`)),
    consumers: async () => {
      const ill = parts.flatMap(({ problems }) => problems?.() ?? [])
      if (ill.length > 0) throw new StreamError('target_unavailable', ill.join('; '))
    },
  }
}
