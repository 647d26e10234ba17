import type { FieldPath, Mistake, YamlDocument } from './yaml-documents.ts'

/** A given time must include its zone. */
export function checkTime(yaml: YamlDocument, path: FieldPath, time: string | undefined): Mistake[] {
  if (time === undefined || isTime(time)) return []
  return [yaml.mistake(path, 'must be a time with its zone, for example 2026-01-01T00:00:00Z')]
}

const isTime = (text: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))

export function checkZone(yaml: YamlDocument, path: FieldPath, zone: string | undefined): Mistake[] {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone ?? 'UTC' })
    return []
  } catch {
    return [yaml.mistake(path, 'is not an IANA time zone; write for example UTC or America/Los_Angeles')]
  }
}
