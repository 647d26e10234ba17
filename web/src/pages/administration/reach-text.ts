import type { KeyStatus } from '../../api/administration.ts'
import { texts } from '../../texts.ts'

/** What a key reaches, in words. */
export function reachText({ connections, systems }: Pick<KeyStatus, 'connections' | 'systems'>): string {
  if (connections === 'all' && systems === 'all') return texts.keys.everything
  const parts = [
    ...(connections === 'all' ? [texts.keys.allConnections] : connections),
    ...(systems === 'all' ? [texts.keys.allSystems] : systems),
  ]
  return parts.length === 0 ? texts.keys.nothing : parts.join(', ')
}
