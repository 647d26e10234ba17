import type { ReadDocument } from './document-schemas.ts'

/** Id of a read, unique in the installation. */
export const readId = (system: string, { entity, scope = 'all' }: ReadDocument): string =>
  `${system}.${entity}.${scope}`

/** The entity of a read. */
export function entityOfRead(read: string): string | undefined {
  return read.split('.')[1]
}

/** The id of the system of a read. */
export function systemOfRead(read: string): string {
  return read.split('.', 1)[0] ?? read
}
