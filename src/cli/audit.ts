import type { AuditEntry, AuditFilter } from '../control/audit-trail.ts'
import { auditOutcomes, listAudit } from '../operations/audit.ts'
import { commandUser, isoOption, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { audit } from './commands/audit.ts'
import { onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

export async function auditCommand(values: Given<typeof audit>): Promise<void> {
  const limit = wholeOption('limit', values.limit, { usual: 50, most: 1000 })
  const iso = (name: 'since' | 'until') => isoOption(name, values[name])
  const { who = null, what = null, after = null } = values
  const outcome = auditOutcomes.find((one) => one === values.outcome) ?? null
  if (outcome === null && values.outcome !== undefined) {
    throw new UsageError(`--outcome must be one of ${auditOutcomes.join(', ')}, not "${values.outcome}"`)
  }
  const filter: AuditFilter = { who, what, outcome, since: iso('since'), until: iso('until') }
  const { items, next } = await onTables((deps) => listAudit(deps, commandUser(), { filter, limit, after }))
  if (values.json) return console.log(JSON.stringify({ items, next }))
  printList(items, lineOf, 'no entries match these options')
  if (next !== null) console.log(`more with --after '${next}'`)
}

function lineOf({ at, who, kind, key, from, what, target, outcome, code, times }: AuditEntry): string {
  const by = `${who} (${kind}${key === null ? '' : ` ${key}`}${from === null ? '' : ` from ${from}`})`
  const came = outcome === 'done' ? '' : `  ${outcome}${code === null ? '' : `: ${code}`}`
  return `${at}  ${by}  ${what}${target === null ? '' : ` ${target}`}${came}${times === 1 ? '' : `  ${times} times`}`
}
