/** What of an event is said of it alone: when it was read, and what it is known by. */
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

/** What a target is to have of an event as it is shown. */
export function eventContent(event: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(event ?? {}).filter(([name]) => !HEADER.includes(name)))
}
