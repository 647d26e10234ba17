/** Fields that describe the event itself, such as its id and when it was read. */
const HEADER: readonly string[] = [
  'eventId',
  'contentDigest',
  'connection',
  'source',
  'key',
  'taskId',
  'occurredAt',
  'readAt',
  'mappingRevision',
  'raw',
]

/** The fields of a shown event that are written to a target. */
export function eventContent(event: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(event ?? {}).filter(([name]) => !HEADER.includes(name)))
}
