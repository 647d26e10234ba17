import type { ShownEvent, ShownRow } from '../projections/show-staged.ts'

/** A row of a view in lines: how it stands, the answer, where its events are, and the events where they were read. */
export function stagedText({ key, source, status, stage, updated_at, as_read, as_mapped, answer }: ShownRow): string {
  const { target_id, code, message, attempts } = answer
  return [
    `${key} ${status} ${updated_at} ${stage} (${source}, attempts ${attempts})`,
    target_id === null ? null : `  target ${target_id}`,
    code === null && message === null ? null : `  ${[code, message].filter((part) => part !== null).join(': ')}`,
    `  read   ${eventText(as_read)}`,
    `  mapped ${eventText(as_mapped)}`,
  ]
    .filter((line) => line !== null)
    .join('\n')
}

function eventText(shown: ShownEvent | null): string {
  if (shown === null) return 'nothing'
  const { topic, partition, offset, bytes, event, problem } = shown
  const place = `${topic} partition ${partition} offset ${offset}, ${bytes} bytes`
  if (problem !== null) return `${place}: ${problem}`
  return event === null ? place : `${place}\n${JSON.stringify(event, null, 2)}`
}
