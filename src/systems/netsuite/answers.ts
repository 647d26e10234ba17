import { StreamError } from '../../errors.ts'
import { textOf, wireOf, wiresOf } from '../kit/wire.ts'
import { permissionFor } from './permissions.ts'

/**
 * Turns NetSuite's error answer into a StreamError, by the first of its `o:errorDetails`. The message has NetSuite's
 * code and text, and what to change if that is known; `field` is its `o:errorPath`, or the missing column.
 */
export function netsuiteError(status: number, body: unknown): StreamError {
  const wire = wireOf(body)
  const problem = wiresOf(wire['o:errorDetails'])[0] ?? wire
  const netsuiteCode = textOf(problem['o:errorCode']) ?? textOf(wire['o:errorCode']) ?? `HTTP ${status}`
  const detail = textOf(problem['detail']) ?? textOf(wire['title']) ?? 'no detail'
  const place = ['o:errorPath', 'o:errorQueryParam', 'o:errorHeader'].map((name) => textOf(problem[name])).find(isText)
  const said = `NetSuite answered ${netsuiteCode}${place === undefined ? '' : ` at ${place}`}: ${detail}`
  const { code, field = place, hint } = lacking(detail, netsuiteCode, place) ?? { code: codeOf(status, netsuiteCode) }
  const message = hint === undefined ? said : `${said} ${hint}`
  const details = { status, netsuiteCode }
  return new StreamError(code, message, field === undefined ? { details } : { details, field })
}

function codeOf(status: number, netsuiteCode: string): StreamError['code'] {
  if (status === 429 || netsuiteCode.endsWith('_LIMIT_EXCEEDED')) return 'rate_limited'
  if (status === 401 || netsuiteCode.startsWith('INVALID_LOGIN')) return 'credentials_refused'
  if (status === 403 || netsuiteCode.startsWith('INSUFFICIENT_PERMISSION')) return 'permission_missing'
  if (status === 409 || netsuiteCode === 'RCRD_HAS_BEEN_CHANGED') return 'concurrent_change'
  if (status === 404) return 'not_found'
  return status >= 500 ? 'target_unavailable' : 'target_rejected'
}

interface Lacking {
  readonly code: StreamError['code']
  readonly field?: string
  readonly hint?: string
}

/** What to change, by the SuiteQL record that is missing or lacks a column. */
const SETTINGS: Readonly<Record<string, string>> = {
  item: 'Name the columns that the account has in settings.itemColumns, or correct settings.extraItemColumns or settings.costColumn.',
  itemmember: 'Name the table and columns that the account has in settings.kitMembers, or set it to none.',
  location:
    'Let the role see it (Locations, View), or set settings.inactiveLocations to open and settings.webStoreLocations to all.',
  transaction: 'Create the custom fields that docs/systems/netsuite.md names, and let the role see them.',
  transactionline: 'Set settings.shipmentLink to nexttransactionlink.',
  nexttransactionlink: 'Set settings.shipmentLink to createdfrom.',
}

/** Records that are queried only with certain settings; every account has all others, if the role may see them. */
const CHOSEN = ['itemmember', 'location', 'nexttransactionlink']

/** Something that the account lacks or the role cannot see: not an error of the entity. */
function lacking(detail: string, netsuiteCode: string, place: string | undefined): Lacking | undefined {
  const [, column, of] = /Field '([^']+)' for record '([^']+)' was not found/.exec(detail) ?? []
  if (column !== undefined && of !== undefined) return noColumn(`${of}.${column}`, of)
  const [, record] = /Record '([^']+)' was not found/.exec(detail) ?? []
  if (record !== undefined) {
    if (CHOSEN.includes(record.toLowerCase())) return noColumn(record, record)
    const permission = permissionFor(record)
    const which = permission === undefined ? 'a permission for it' : `the permission ${permission}`
    return { code: 'permission_missing', field: record, hint: `Give the role ${which}.` }
  }
  if (netsuiteCode === 'INVALID_HEADER' && place?.toLowerCase() === 'accept-language') {
    return {
      code: 'configuration_invalid',
      hint: "Set settings.language to the account's language, for example en-US.",
    }
  }
  const [, computed] = /permissions to set a value for element (\w+)/.exec(detail) ?? []
  if (computed !== undefined) return { code: 'configuration_invalid', hint: notSettable(computed), field: computed }
  const [, unknown] = /Unknown reference or field\(s\): (.+?)\.?$/.exec(detail) ?? []
  if (unknown === undefined && netsuiteCode !== 'NONEXISTENT_FIELD') return undefined
  const hint = 'Create the custom field, let the role see it, or correct the name in orderMap.fields.'
  const field = unknown ?? place
  return { code: 'configuration_invalid', hint, ...(field === undefined ? {} : { field }) }
}

/** What to change if a field must not be set: NetSuite computes it, or a feature or the form hides it. */
function notSettable(element: string): string {
  if (element === 'taxtotal')
    return 'Set settings.taxes to computed, item or none: the account computes the tax itself.'
  if (/^discount/.test(element)) return 'Remove settings.discountItem: then discounts are in the lines.'
  return 'Show the field on the form of the role, or remove it from orderMap.fields.'
}

function noColumn(field: string, record: string): Lacking {
  const hint = SETTINGS[record.toLowerCase()] ?? 'Let the role see it.'
  return { code: 'configuration_invalid', field, hint }
}

function isText(value: string | null): value is string {
  return value !== null
}
