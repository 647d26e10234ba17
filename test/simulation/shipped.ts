import type { Wire } from '../../src/systems/kit/wire.ts'
import type { MemoryRecord } from '../memory/netsuite.ts'

/** The vendor has shipped something of it. */
export function isBegun({ lines }: MemoryRecord): boolean {
  return lines.some((line) => fulfilledOf(line) > 0)
}

export function fulfilledOf(line: Wire): number {
  return Number(line['quantityFulfilled'] ?? 0)
}
