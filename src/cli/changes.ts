import { type ChangeFilter, type ChangeKind, type ConfigurationChange, changeKinds } from '../configuration/changes.ts'
import { listChanges } from '../operations/configuration.ts'
import { commandUser, isoOption, readArguments, wholeOption } from './arguments.ts'
import { onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream changes [--kind ${changeKinds.join('|')}] [--id ID] [--by WHO] [--from ISO-8601] [--to ISO-8601]
                   [--limit N] [--after PLACE] [--json]

  Who changed what of the configuration and of cut dates, the newest first. --json has before and after.`

const options = {
  kind: { type: 'string' },
  id: { type: 'string' },
  by: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  limit: { type: 'string' },
  after: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

export async function changesCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  if (positionals.length > 0) throw new UsageError('changes takes options alone', USAGE)
  const limit = wholeOption('limit', values.limit, { usual: 50, most: 1000 }, USAGE)
  const { kind } = values
  if (kind !== undefined && !isKind(kind))
    throw new UsageError(`--kind must be one of ${changeKinds.join(', ')}`, USAGE)
  const { id = null, by = null } = values
  const filter: ChangeFilter = {
    kind: kind ?? null,
    id,
    by,
    from: isoOption('from', values.from, USAGE),
    to: isoOption('to', values.to, USAGE),
  }
  const wanted = { filter, limit, after: values.after ?? null }
  const { items, next } = await onTables((deps) => listChanges(deps, commandUser(), wanted))
  if (values.json) return console.log(JSON.stringify({ items, next }))
  printList(items, lineOf, 'nothing was changed that these options choose')
  if (next !== null) console.log(`more with --after '${next}'`)
}

function lineOf({ at, by, kind, id, revision, reason, before, after }: ConfigurationChange): string {
  const what = before === null ? 'made' : after === null ? 'removed' : 'changed'
  return `${at}  ${by}  ${what} ${kind} ${id} (revision ${revision})${reason === null ? '' : `: ${reason}`}`
}

function isKind(text: string): text is ChangeKind {
  return (changeKinds as readonly string[]).includes(text)
}
