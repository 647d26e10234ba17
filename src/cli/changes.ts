import { type ChangeFilter, type ChangeKind, type ConfigurationChange, changeKinds } from '../configuration/changes.ts'
import { listChanges } from '../operations/configuration.ts'
import { commandUser, isoOption, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { changes } from './commands/changes.ts'
import { onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

export async function changesCommand(values: Given<typeof changes>): Promise<void> {
  const limit = wholeOption('limit', values.limit, { usual: 50, most: 1000 })
  const { kind } = values
  if (kind !== undefined && !isKind(kind)) throw new UsageError(`--kind must be one of ${changeKinds.join(', ')}`)
  const { id = null, by = null } = values
  const filter: ChangeFilter = {
    kind: kind ?? null,
    id,
    by,
    from: isoOption('from', values.from),
    to: isoOption('to', values.to),
  }
  const wanted = { filter, limit, after: values.after ?? null }
  const { items, next } = await onTables((deps) => listChanges(deps, commandUser(), wanted))
  if (values.json) return console.log(JSON.stringify({ items, next }))
  printList(items, lineOf, 'no changes match these options')
  if (next !== null) console.log(`more with --after '${next}'`)
}

function lineOf({ at, by, kind, id, revision, reason, before, after }: ConfigurationChange): string {
  const what = before === null ? 'created' : after === null ? 'removed' : 'changed'
  return `${at}  ${by}  ${what} ${kind} ${id} (revision ${revision})${reason === null ? '' : `: ${reason}`}`
}

function isKind(text: string): text is ChangeKind {
  return (changeKinds as readonly string[]).includes(text)
}
