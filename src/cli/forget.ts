import { StreamError } from '../errors.ts'
import type { ForgetProof } from '../operations/forget/forget-person.ts'
import { forget, wantedOf } from '../operations/persons.ts'
import { commandUser } from './arguments.ts'
import type { Given } from './command.ts'
import type { forget as command } from './commands/forget.ts'
import { noted } from './noted.ts'
import { onPlatform } from './open-operations.ts'
import { withProgress } from './progress.ts'
import { UsageError } from './usage-error.ts'

export async function forgetCommand(values: Given<typeof command>): Promise<void> {
  const { person, confirm = null, dryRun } = values
  if (!dryRun && confirm === null) throw new UsageError('--confirm must repeat the person')
  const wanted = wantedOf(person)
  const by = commandUser(values.by)
  // The audit trail must not store who was forgotten.
  const proof = await noted(by, { what: 'forget', target: null }, () =>
    withProgress('searching topics and tables', values.json, () =>
      onPlatform((operations) => forget(operations, by, { wanted, confirm: confirm?.trim() ?? null, dryRun })),
    ),
  )
  console.log(values.json ? JSON.stringify(proof) : textOf(proof))
  if (proof.complete || dryRun) return
  throw new StreamError('state_conflict', 'some data is left, see above; run the command again')
}

function textOf({ dry_run, at, keys_destroyed, topics, tables, others_within_ms }: ForgetProof): string {
  const arrow = (before: number, after: number) => (dry_run ? `${before}` : `${before} → ${after}`)
  return [
    dry_run ? 'dry run: no data is destroyed' : `${at}: ${keys_destroyed} keys destroyed`,
    ...topics.map(({ topic, records, before, after, in_clear }) => {
      const clear =
        in_clear === 0 ? '' : `; ${in_clear} were written in clear text and stay in the topic until it is cleaned`
      return `  topic ${topic}: ${arrow(before, after)} of ${records} records contain personal data${clear}`
    }),
    ...tables.map(({ table, rows, before, after }) => `  table ${table}: ${arrow(before, after)} of ${rows} rows`),
    ...(dry_run ? [] : [`other processes may cache a key for another ${others_within_ms / 1000} s`]),
  ].join('\n')
}
