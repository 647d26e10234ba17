import type { AuditEntry, AuditFilter } from '../control/audit-trail.ts'
import { auditOutcomes, listAudit } from '../operations/audit.ts'
import { commandUser, isoOption, readArguments, wholeOption } from './arguments.ts'
import { onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream audit [--who NAME] [--what connection.put] [--outcome ${auditOutcomes.join('|')}] [--since ISO-8601]
                 [--until ISO-8601] [--limit N] [--after PLACE] [--json]

  Who did what, who was refused, and who read personal data, the newest first. --what takes the beginning of a word too: key
  finds key.create. --json has before and after.`

const options = {
  who: { type: 'string' },
  what: { type: 'string' },
  outcome: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  limit: { type: 'string' },
  after: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

export async function auditCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  if (positionals.length > 0) throw new UsageError('audit takes options alone', USAGE)
  const limit = wholeOption('limit', values.limit, { usual: 50, most: 1000 }, USAGE)
  const iso = (name: 'since' | 'until') => isoOption(name, values[name], USAGE)
  const { who = null, what = null, after = null } = values
  const outcome = auditOutcomes.find((one) => one === values.outcome) ?? null
  if (outcome === null && values.outcome !== undefined) {
    throw new UsageError(`--outcome: "${values.outcome}" is none of ${auditOutcomes.join(', ')}`, USAGE)
  }
  const filter: AuditFilter = { who, what, outcome, since: iso('since'), until: iso('until') }
  const { items, next } = await onTables((deps) => listAudit(deps, commandUser(), { filter, limit, after }))
  if (values.json) return console.log(JSON.stringify({ items, next }))
  printList(items, lineOf, 'nothing was done that these options choose')
  if (next !== null) console.log(`more with --after '${next}'`)
}

function lineOf({ at, who, kind, key, from, what, target, outcome, code, times }: AuditEntry): string {
  const by = `${who} (${kind}${key === null ? '' : ` ${key}`}${from === null ? '' : ` from ${from}`})`
  const came = outcome === 'done' ? '' : `  ${outcome}${code === null ? '' : `: ${code}`}`
  return `${at}  ${by}  ${what}${target === null ? '' : ` ${target}`}${came}${times === 1 ? '' : `  ${times} times`}`
}
