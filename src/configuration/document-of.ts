import type { StoredKind } from './document-schemas.ts'

/**
 * The document of a stored model, with all defaults written out: applied again, it changes nothing. References to
 * secrets and addresses are as they were given; a reference in `ownership` is shown by what it stood for.
 */
export function documentOf(kind: StoredKind, model: object): Readonly<Record<string, unknown>> {
  const { revision: _revision, reads, ...fields } = model as Readonly<Record<string, unknown>>
  if (kind === 'system') return { kind, ...fields, reads: (reads as readonly object[]).map(readDocument) }
  return { kind, ...withoutNulls(fields), ...(reads === undefined ? {} : { reads }) }
}

/** Its id and system follow from where it stands; what is not set is left out. */
function readDocument(read: object): object {
  const { id: _id, system: _system, sweep, ...fields } = read as Readonly<Record<string, unknown>>
  return withoutNulls({ ...fields, ...(sweep === undefined ? {} : { sweep: withoutNulls(sweep as object) }) })
}

function withoutNulls(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
