import type { ReadDocument } from './document-schemas.ts'

/** What a read of a system is called: unique in the installation. */
export const readId = (system: string, { entity, scope = 'all' }: ReadDocument): string =>
  `${system}.${entity}.${scope}`

/** The system that a read, by its id, belongs to. */
export function systemOfRead(read: string): string {
  return read.split('.', 1)[0] ?? read
}
