import { StreamError } from '../errors.ts'
import type { ForgetProof } from '../operations/forget/forget-person.ts'
import { forget, wantedOf } from '../operations/persons.ts'
import { commandUser, readArguments } from './arguments.ts'
import { noted } from './noted.ts'
import { onPlatform } from './open-operations.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream forget <e-mail | system:customer> --confirm <the same> [--by WHO] [--json]
waldstream forget <e-mail | system:customer> --dry-run [--json]

  Forgets a person: the keys that topics keep them under are destroyed, and what tables have of them is removed. What was
  looked through, and what was there before and after, is printed; exit code 1 where something is left. Orders that are
  placed later are not touched. It can not be undone, and it does not reach shops and ERPs: ask there, too.`

const options = {
  confirm: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  by: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

export async function forgetCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [person, ...more] = positionals
  if (person === undefined || more.length > 0) throw new UsageError('forget takes one person', USAGE)
  const { confirm = null, 'dry-run': dryRun } = values
  if (!dryRun && confirm === null) throw new UsageError('--confirm must name the person once more', USAGE)
  const wanted = wantedOf(person)
  const by = commandUser(values.by)
  // Whom, the trail is not to keep.
  const proof = await noted(by, { what: 'forget', target: null }, () =>
    onPlatform((operations) => forget(operations, by, { wanted, confirm: confirm?.trim() ?? null, dryRun })),
  )
  console.log(values.json ? JSON.stringify(proof) : textOf(proof))
  if (proof.complete || dryRun) return
  throw new StreamError('state_conflict', 'something is left, as told above; run it once more')
}

function textOf({ dry_run, at, keys_destroyed, topics, tables, others_within_ms }: ForgetProof): string {
  const arrow = (before: number, after: number) => (dry_run ? `${before}` : `${before} → ${after}`)
  return [
    dry_run ? 'nothing is forgotten: a dry run' : `${at}: ${keys_destroyed} keys destroyed`,
    ...topics.map(({ topic, records, before, after, in_clear }) => {
      const clear = in_clear === 0 ? '' : `; ${in_clear} were written in clear and are in it until it is cleaned`
      return `  topic ${topic}: ${arrow(before, after)} of ${records} records say something${clear}`
    }),
    ...tables.map(({ table, rows, before, after }) => `  table ${table}: ${arrow(before, after)} of ${rows} rows`),
    ...(dry_run ? [] : [`other processes may have a key at hand for ${others_within_ms / 1000} s`]),
  ].join('\n')
}
