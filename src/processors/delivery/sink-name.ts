import type { PerSystemKind } from '../../events/topics.ts'

/**
 * Stage and consumer group of the sink of one kind for a system. System ids hold no colon, so no two names are equal.
 */
export function sinkName(kind: PerSystemKind, system: string): string {
  return kind === 'vendor-orders' ? `deliver-${system}` : `deliver-${system}:${kind}`
}
