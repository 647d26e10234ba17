import type { PerSystemKind } from '../../events/topics.ts'

/** Stage and group of the sink of one kind for a system. Ids of systems hold no colon, so no two are alike. */
export function sinkName(kind: PerSystemKind, system: string): string {
  return kind === 'vendor-orders' ? `deliver-${system}` : `deliver-${system}:${kind}`
}
