import type { Setting, SettingProblem } from '../../configuration/setting.ts'
import { isWeb } from './address-problem.ts'
import { isMailbox, mailProblems } from './mail-settings.ts'
import { allColumns, cancellationColumnProblem, columnProblem } from './order-columns.ts'
import { alikeProblem, fileNameProblem } from './order-file-name.ts'
import { orderFormatProblems } from './order-format.ts'
import { wordsProblem } from './quantities.ts'
import { formatProblems } from './row-format.ts'
import { kindsProblem } from './row-kinds.ts'
import { isBucket, s3Problems } from './s3-settings.ts'
import {
  acknowledgementsOf,
  type FilesValues,
  type FulfilmentsValues,
  fulfilmentsOf,
  type IncomingValues,
  type InventoryValues,
  imagesOf,
  incomingOf,
  inventoryOf,
  type OrdersValues,
  ordersOf,
  pricesOf,
  productsOf,
  settings,
} from './settings.ts'

/** Settings that do not go together, or not with the address. */
export function settingProblems(values: FilesValues, address: string | null): readonly SettingProblem[] {
  const stock = inventoryOf(values)
  const order = ordersOf(values)
  const hasBoth = stock.locations !== null && stock['columns.location'] !== null
  return [
    problem('inventory.quantities', stock.quantities === null ? null : wordsProblem(stock.quantities)),
    problem(
      'inventory.locations',
      hasBoth ? 'and inventory.columns.location exclude each other: a row has one location or all of them' : null,
    ),
    ...statusProblems('fulfilments', fulfilmentsOf(values)),
    ...acknowledgementProblems(values),
    signProblem('inventory', stock),
    signProblem('products', productsOf(values)),
    signProblem('prices', pricesOf(values)),
    signProblem('fulfilments', fulfilmentsOf(values)),
    signProblem('acknowledgements', acknowledgementsOf(values)),
    ...formatProblemsOf('inventory', stock),
    ...formatProblemsOf('products', productsOf(values)),
    ...formatProblemsOf('prices', pricesOf(values)),
    ...formatProblemsOf('images', imagesOf(values)),
    ...formatProblemsOf('fulfilments', fulfilmentsOf(values)),
    ...formatProblemsOf('acknowledgements', acknowledgementsOf(values)),
    problem('orders.file', order.file === null ? null : fileNameProblem(order.file)),
    ...orderProblems(order),
    ...(address !== null && isWeb(address) ? webProblems(values) : []),
    ...(address !== null && isBucket(address) ? s3Problems(values) : []),
    ...(address !== null && isMailbox(address) ? mailboxProblems(values, address) : []),
    problem('encryption', address === null ? null : encryptionProblem(values, address)),
  ].filter((one) => one !== null)
}

function mailboxProblems(values: FilesValues, address: string): readonly SettingProblem[] {
  const given: Readonly<Record<string, unknown>> = values
  const changed = Object.entries<Setting<unknown>>(settings).find(([name, one]) => {
    if (!name.startsWith('orders.')) return false
    const usual = one.read(undefined)
    return usual.ok && JSON.stringify(given[name]) !== JSON.stringify(usual.value)
  })
  const unwritten = 'can not be set: orders are not written into a mailbox; send them by a system of type mailbox'
  return [
    ...mailProblems(address, values, { incoming: incomingOf(values), encryption: values.encryption }),
    ...(changed === undefined ? [] : [{ name: changed[0], problem: unwritten }]),
  ]
}

/** The scheme and the setting must agree, so that nobody sends a password in the clear by one slip. */
function encryptionProblem({ encryption }: FilesValues, address: string): string | null {
  if (/^ftp:/i.test(address) && encryption !== 'none') {
    return 'must be none for an address with ftp://, which has no encryption; better write ftps://'
  }
  if (/^ftps:/i.test(address) && encryption === 'none') {
    return 'must be explicit or implicit for an address with ftps://'
  }
  if (encryption === 'implicit' && /^ftps:/i.test(address) && URL.canParse(address) && new URL(address).port === '') {
    return 'implicit needs the port in the address, usually 990: ftps://host:990/folder'
  }
  return null
}

/** What HTTP can't do: it has no list of files and no renaming. */
function webProblems(values: FilesValues): readonly (SettingProblem | null)[] {
  return incomingOf(values).flatMap(([entity, { files, after }]) => {
    const isSeveral = files !== null && files.onlyName === null
    const oneName = 'must be one name such as stock.csv: HTTP has no list of files, so there are no patterns and dates'
    const kept = 'must be keep: HTTP can neither move a file in one step nor delete the one that was read for certain'
    return [
      problem(`${entity}.files`, isSeveral ? oneName : null),
      problem(`${entity}.after`, after === 'keep' ? null : kept),
    ]
  })
}

function signProblem(
  entity: string,
  { decimal, thousands }: Pick<InventoryValues, 'decimal' | 'thousands'>,
): SettingProblem | null {
  const said = `must differ from ${entity}.decimal, which is "${decimal}" too`
  return problem(`${entity}.thousands`, thousands === decimal ? said : null)
}

/** Without kinds nobody reads such files: a read of them reports it. */
function acknowledgementProblems(values: FilesValues): readonly (SettingProblem | null)[] {
  const own = acknowledgementsOf(values)
  return own.kinds === null ? [] : statusProblems('acknowledgements', own)
}

/** What files of fulfilments say of their rows must be whole. */
function statusProblems(entity: string, values: FulfilmentsValues): readonly (SettingProblem | null)[] {
  const { kinds, about } = values
  const hasStatus = values['columns.status'] !== null
  const missing = hasStatus ? 'is missing; it must say what the words of columns.status mean' : null
  const unused = kinds !== null && !hasStatus ? `needs ${entity}.columns.status` : null
  const ships = !hasStatus || [...(kinds?.values() ?? [])].includes('shipment')
  return [
    problem(`${entity}.kinds`, kinds === null ? missing : (kindsProblem(kinds) ?? unused)),
    problem(
      `${entity}.about`,
      about === 'orders' && ships ? 'must be lines: shipments have SKUs and quantities' : null,
    ),
  ]
}

function formatProblemsOf(entity: string, values: IncomingValues): readonly (SettingProblem | null)[] {
  return Object.entries(formatProblems(values, columnsOf(values))).map(([name, said]) =>
    problem(`${entity}.${name}`, said),
  )
}

/** Columns that the settings name. */
function columnsOf(values: IncomingValues & Partial<Pick<InventoryValues, 'locations'>>): readonly string[] {
  const { locations = null } = values
  return [
    ...(locations?.keys() ?? []),
    ...Object.entries(values).flatMap(([name, value]) => {
      const isNamed = name.startsWith('columns.') && (locations === null || name !== 'columns.quantity')
      if (!isNamed) return []
      return typeof value === 'string' ? [value] : ((value as readonly string[] | null) ?? [])
    }),
  ]
}

function orderProblems(order: OrdersValues): readonly (SettingProblem | null)[] {
  const own = order.columns === null ? null : columnProblem(order.columns)
  if (own !== null) return [problem('orders.columns', own)]
  const columns = order.columns ?? allColumns
  const problems = orderFormatProblems(order, columns)
  return [
    ...Object.entries(problems).map(([name, said]) => problem(`orders.${name}`, said)),
    problem('orders.changes.file', laterNameProblem(order, 'changes.file')),
    problem('orders.cancellations.file', laterNameProblem(order, 'cancellations.file')),
    problem('orders.cancellations.columns', cancellationProblem(order, columns)),
  ]
}

function laterNameProblem(order: OrdersValues, name: 'changes.file' | 'cancellations.file'): string | null {
  const template = order[name]
  if (template === null) return null
  return fileNameProblem(template, name === 'changes.file') ?? alikeProblem(template, order.file ?? '{reference}')
}

function cancellationProblem(order: OrdersValues, ofOrders: ReadonlyMap<string, string>): string | null {
  const own = order['cancellations.columns']
  if (own === null) return null
  const other = [...own.keys()].find((name) => !ofOrders.has(name))
  if (order.format === 'fixed' && other !== undefined)
    return `has the column ${other}, which has no place in orders.places`
  const inFormat = order.format === 'fixed' ? null : (orderFormatProblems(order, own)['columns'] ?? null)
  return cancellationColumnProblem(own) ?? inFormat
}

function problem(name: string, said: string | null): SettingProblem | null {
  return said === null ? null : { name, problem: said }
}
