import type { DeadLetterPreview, ListedDeadLetter, ShownDeadLetter } from '../operations/dead-letters.ts'
import type { LetterChange } from '../projections/dead-letter-row.ts'
import type { LetterGroup } from '../projections/list-dead-letters.ts'

function where({ stage, connection }: { readonly stage: string; readonly connection: string | null }): string {
  return connection === null ? stage : `${stage} ${connection}`
}

function why({ code, field, message }: { code: string; field: string | null; message: string }): string {
  return `${code}${field === null ? '' : ` (${field})`}: ${message}`
}

export function letterLine(row: ListedDeadLetter): string {
  const state = row.outcome === null ? row.state : `${row.state} (${row.outcome})`
  return `${row.id} ${row.first_at} ${state} ${where(row)} ${row.key}\n  ${why(row)}`
}

export function groupLine(group: LetterGroup): string {
  const { count, group: id, first_at, last_at, code, field, examples } = group
  return [
    `${count} × ${id} ${where(group)}, ${first_at} to ${last_at}`,
    `  ${code}${field === null ? '' : ` (${field})`}`,
    ...examples.map(({ key, message }) => `    ${key}: ${message}`),
  ].join('\n')
}

export function letterText(letter: ShownDeadLetter): string {
  const { topic, partition, offset, attempts, retries, undecodable, event } = letter
  return [
    letterLine(letter),
    `  ${offset < 0 ? 'was never in a topic' : `${topic} partition ${partition} offset ${offset}`}, ${letter.value_bytes} bytes`,
    `  attempts ${attempts}, retries ${retries}, group ${letter.group}, task ${letter.task ?? 'none'}`,
    ...letter.original.headers.map(({ key, value }) => `  header ${key}: ${value ?? 'null'}`),
    ...letter.history.map((change) => `  ${changeText(change)}`),
    undecodable === null
      ? JSON.stringify(event, null, 2)
      : `  cannot be decoded: ${why({ ...undecodable, field: null })}`,
  ].join('\n')
}

function changeText({ at, what, retry, by, reason, code }: LetterChange): string {
  const number = retry === 0 ? '' : ` (retry ${retry})`
  return [at, `${what}${number}`, code, by === null ? null : `by ${by}`, reason]
    .filter((part) => part !== null)
    .join(' ')
}

export function previewText({
  verdict,
  errors,
  decisions,
  outputs,
  delivery,
  event,
  changes,
}: DeadLetterPreview): string {
  return [
    verdict,
    ...errors.map((error) => `  ${error.connection ?? 'all connections'}: ${why(error)}`),
    ...decisions.map(({ connection, status, code }) =>
      `  ${connection ?? 'all connections'}: ${status} ${code ?? ''}`.trimEnd(),
    ),
    ...(delivery === null ? [] : [`  target: ${delivery.state} ${delivery.target_id ?? ''}`.trimEnd()]),
    ...(changes ?? []).map(
      ({ field, before, after }) => `  ${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
    ),
    ...(changes?.length === 0 ? ['  the current order map gives the same result'] : []),
    ...outputs.map(({ topic, key, event: output }) => `  ${topic} ${key}\n${JSON.stringify(output, null, 2)}`),
    ...(outputs.length > 0 || event === null ? [] : [JSON.stringify(event, null, 2)]),
  ].join('\n')
}
