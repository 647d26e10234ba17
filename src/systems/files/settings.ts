import {
  choice,
  flag,
  list,
  pairs,
  type Setting,
  type SettingProblem,
  type Settings,
  setting,
  text,
  type ValueKind,
  type ValuesOf,
  whole,
} from '../../configuration/setting.ts'
import { character } from '../kit/character.ts'
import { type Role, roles } from '../kit/gallery-rows.ts'
import { afterReading, completeness } from './arrived-files.ts'
import { fieldPlaces } from './field-places.ts'
import { isMailbox, mailProblems, mailSettings } from './mail-settings.ts'
import { namePattern } from './name-pattern.ts'
import { allColumns, cancellationColumnProblem, columnProblem } from './order-columns.ts'
import { alikeProblem, fileNameProblem } from './order-file-name.ts'
import { orderFormatProblems, orderFormats } from './order-format.ts'
import { orderPlaces } from './order-places.ts'
import { decimalSigns, thousandsSigns, wordsProblem } from './quantities.ts'
import { dateForms } from './read-prices.ts'
import { formatProblems, rowFormats } from './row-format.ts'
import { kindsProblem } from './row-kinds.ts'
import { bucketProblem, isBucket, s3Problems, s3Settings } from './s3-settings.ts'

/** A folder below the address: parts with `/` between them, none of them `..`. */
const folder = text({
  pattern: /(?!\.{1,2}(?:\/|$))[^/\s][^/]*(?:\/(?!\.{1,2}(?:\/|$))[^/]+)*/,
  expected: 'a folder below the address, such as out/stock',
})

const columnTexts = list(
  text({ pattern: /[^=,]+=[^=,]+/ }),
  'columns and their fields, such as PO Number=reference, Item=sku, Qty=quantity',
)

/** A list: a map does not keep its order where it is stored. */
const columnList: ValueKind<ReadonlyMap<string, string>> = {
  ...columnTexts,
  parse(given) {
    const texts = columnTexts.parse(given)
    const columns = new Map(texts?.map((one) => one.split('=').map((part) => part.trim()) as [string, string]))
    return texts !== undefined && columns.size === texts.length ? columns : undefined
  },
}

const column = (byDefault: string, description: string) => setting(text(), { default: byDefault, description })
const optionalColumn = (description: string) => setting(text(), { description })
const columnNames = list(text(), 'names of columns')
/** Columns of the addresses of roles. */
const imageRoles = () =>
  Object.fromEntries(
    roles.map((role) => [
      `columns.${role}`,
      optionalColumn(`column of the address of the image with the role ${role}`),
    ]),
  ) as Record<`columns.${Role}`, ReturnType<typeof optionalColumn>>
const delimiter = setting(character('tab'), { default: ',', description: 'separator of cells' })
const quote = setting(character('none'), { default: '"', description: 'quote character of cells' })

/** Settings of the files of an entity that is read. */
const incoming = (entity: string) => ({
  folder: setting(folder, { default: entity, description: 'folder that its files arrive in' }),
  files: setting(namePattern, {
    description:
      'names of its files, with * and ? for any text, and parts of a date that they are ordered by; by default the ending of the format, such as .csv (.txt for fixed)',
  }),
  complete: setting(choice(completeness), {
    default: 'stable',
    description:
      'how a file shows that it is whole: its size does not change, it has a marker file, or it gets its name at the end',
  }),
  stableSeconds: setting(whole({ minimum: 1, maximum: 300 }), {
    default: 10,
    description: 'seconds between the two looks at a size',
  }),
  marker: setting(text({ pattern: /[^/]*\{name\}[^/]*/, expected: 'a name with {name}, such as {name}.done' }), {
    default: '{name}.done',
    description: 'name of the marker file',
  }),
  after: setting(choice(afterReading), { default: 'keep', description: 'what happens to a file that was read' }),
  archive: setting(folder, { default: 'read', description: 'folder of read files, within its folder' }),
  format: setting(choice(rowFormats), {
    default: 'csv',
    description: 'format of its files; gzip and ZIP are recognized',
  }),
  zipped: setting(namePattern, {
    description: 'name of the file with the rows in a ZIP archive; by default it is the only one',
  }),
  rows: setting(text(), {
    description:
      'path of names to the rows: to their list in JSON (by default the document itself), to their elements in XML (by default the children of the root)',
  }),
  fields: setting(fieldPlaces, {
    description: 'places of the columns in a line of the format fixed, as first character + length',
  }),
  headLines: setting(whole({ minimum: 0, maximum: 100 }), {
    default: 0,
    description: 'lines before the first row of the format fixed',
  }),
  sheet: setting(text(), { description: 'name of the sheet of a workbook; by default the only visible one' }),
  numericKeys: setting(choice(['refused', 'accepted']), {
    default: 'refused',
    description: 'accepted: cells of a workbook that are numbers are SKUs and other keys, without leading zeros',
  }),
  encoding: setting(text({ expected: 'an encoding, such as utf-8 or windows-1252' }), {
    description: 'encoding of its files; by default as the file is marked, else UTF-8',
  }),
  delimiter,
  quote,
  lastLineBreak: setting(choice(['required', 'optional']), {
    default: 'required',
    description: 'optional: a file without a final line break counts as whole',
  }),
  mostOddPercent: setting(whole({ minimum: 0, maximum: 100 }), {
    default: 20,
    description: 'maximum percentage of rows that can not be read; a file with more is rejected',
  }),
})

/** Settings of files that have everything, or changes only. */
const fullOrDelta = {
  mode: setting(choice(['full', 'delta']), {
    default: 'full',
    description: 'full: what a file lacks is gone, found by the sweep of the read; delta: files have changes only',
  }),
  mostGonePercent: setting(whole({ minimum: 0, maximum: 100 }), {
    default: 20,
    description:
      'maximum percentage of keys that a full file may lack of those of the file before; else it is rejected',
  }),
}

const quantityForm = {
  decimal: setting(choice(decimalSigns), { default: '.', description: 'decimal sign' }),
  thousands: setting(choice(thousandsSigns), { default: 'none', description: 'sign between thousands' }),
}

const inventory = {
  ...incoming('inventory'),
  ...fullOrDelta,
  'columns.sku': column('sku', 'column of the SKU'),
  'columns.quantity': column('quantity', 'column of the available quantity'),
  'columns.on_hand': optionalColumn('column of the quantity on hand; by default the available one'),
  'columns.location': optionalColumn('column of the location, if a SKU has a row for each'),
  locations: setting(pairs(/[^=,]+/, 'columns and locations', 'Stock East=EAST,Stock West=WEST'), {
    description: 'columns of the available quantity, if a row has one for each location',
  }),
  location: setting(text(), { default: 'default', description: 'name of the location, if there is only one' }),
  quantities: setting(pairs(/[^=,]+/, 'texts and the quantity they stand for', 'In Stock=5,Sold Out=0'), {
    description: 'texts in place of a quantity; others are errors',
  }),
  ...quantityForm,
}

const products = {
  ...incoming('products'),
  ...fullOrDelta,
  'columns.sku': column('sku', 'column of the SKU'),
  'columns.name': optionalColumn('column of the name'),
  'columns.barcode': optionalColumn('column of the barcode'),
  'columns.manufacturer': optionalColumn('column of the manufacturer'),
  'columns.parent': optionalColumn('column of the SKU of the product that this one is a variant of'),
  'columns.weight': optionalColumn('column of the weight'),
  weightUnit: setting(text(), { description: 'unit of the weights' }),
  ...quantityForm,
}

const prices = {
  ...incoming('prices'),
  ...fullOrDelta,
  'columns.sku': column('sku', 'column of the SKU'),
  'columns.price': column('price', 'column of the price of one piece'),
  'columns.level': optionalColumn('column of the price level, if a SKU has a row for each'),
  'columns.currency': optionalColumn('column of the currency, a code of ISO 4217'),
  'columns.quantity': optionalColumn('column of the lowest quantity that the price of the row applies to'),
  'columns.valid_from': optionalColumn('column of the first day of the price; empty cells: valid already'),
  'columns.valid_to': optionalColumn('column of the last day of the price; empty cells: no end'),
  'columns.cost': optionalColumn('column of what one piece costs the vendor'),
  level: setting(text(), { default: 'default', description: 'name of the price level, if there is only one' }),
  currency: setting(text({ pattern: /[A-Z]{3}/, expected: 'a code of ISO 4217, such as EUR' }), {
    description: 'currency of costs, and of prices if they have no column of it',
  }),
  dates: setting(choice(dateForms), {
    default: 'yyyy-MM-dd',
    description: "form of dates; days begin in the system's zone",
  }),
  ...quantityForm,
}

const images = {
  ...incoming('images'),
  ...fullOrDelta,
  'columns.sku': column('sku', 'column of the SKU'),
  'columns.url': setting(columnNames, {
    description: 'column of the address, or several for several images of a row; by default url, unless a role has one',
  }),
  'columns.position': optionalColumn('column of the position, a whole number'),
  'columns.label': optionalColumn('column of the label'),
  'columns.role': optionalColumn('column of the roles, separated by a vertical bar'),
  'columns.media_type': optionalColumn('column of the media type, image or video'),
  ...imageRoles(),
  separator: setting(text(), { description: 'separator of several addresses in one cell' }),
}

const fulfilments = {
  ...incoming('fulfilments'),
  'columns.order': column('reference', 'column of the reference that the order was sent with'),
  'columns.sku': column('sku', 'column of the SKU'),
  'columns.quantity': column('quantity', 'column of the shipped quantity'),
  'columns.tracking': column('tracking', 'column of the tracking number'),
  'columns.carrier': optionalColumn('column of the carrier'),
  'columns.shipment': optionalColumn('column of the number of the shipment; by default its tracking number'),
  'columns.status': optionalColumn('column of the status, by which a row is no shipment; by default all are'),
  'columns.reason': optionalColumn('column of why something is not delivered'),
  kinds: setting(pairs(/[^=,]+/, 'words of the status and their kinds', 'shipped=shipment,rejected=cancellation'), {
    description: 'what a word of the status means; a word that is not declared is an error',
  }),
  about: setting(choice(['lines', 'orders']), {
    default: 'lines',
    description: 'orders: a row is about an order as a whole, without SKU and quantity; not for shipments',
  }),
  connection: setting(text({ pattern: /[a-z0-9-]{1,40}/, expected: 'the id of a connection' }), {
    description: 'connection whose order numbers the files have in place of references',
  }),
  ...quantityForm,
}

/** Answers to orders in files of their own, beside those of shipments. */
const acknowledgements = {
  ...fulfilments,
  ...incoming('acknowledgements'),
  'columns.status': column('status', 'column of the status'),
}

const orders = {
  folder: setting(folder, { default: 'orders', description: 'folder that the vendor fetches its orders from' }),
  file: setting(text({ expected: 'a name with {reference}, such as PO-{reference}.csv' }), {
    description:
      'name of the file of an order: {reference} is unique; {number} and {date} may be added; by default {reference} and the ending of the format',
  }),
  'changes.file': setting(text({ expected: 'a name with {reference} and {version}' }), {
    description:
      'name of the file of a changed order, such as CHANGE-{reference}-{version}.csv; by default people settle it',
  }),
  'cancellations.file': setting(text({ expected: 'a name with {reference}, such as CANCEL-{reference}.csv' }), {
    description: 'name of the file of a canceled order, such as CANCEL-{reference}.csv; by default people settle it',
  }),
  'cancellations.columns': setting(columnList, {
    description:
      'columns of a cancellation and the field in each; by default those of the order that say which one it is',
  }),
  workFolder: setting(folder, {
    default: '.waldstream',
    description: 'folder of our own, beside the orders: what was sent; the vendor must not touch it',
  }),
  format: setting(choice(orderFormats), { default: 'csv', description: 'format of the file' }),
  columns: setting(columnList, {
    description: 'columns of the file, in order, and the field in each; by default all fields under their own names',
  }),
  delimiter,
  header: setting(flag, {
    default: true,
    description: 'false: a file of the format csv has no row with the names of the columns',
  }),
  places: setting(orderPlaces, {
    description:
      'places of the columns in a line of the format fixed, as first character + length, with right or zeros (at the right, after blanks or zeros)',
  }),
  'names.order': setting(text(), { default: 'order', description: 'name of the XML element of an order' }),
  'names.lines': setting(text(), {
    default: 'lines',
    description: 'name of the list of lines in JSON, or of the XML element around them',
  }),
  'names.line': setting(text(), { default: 'line', description: 'name of the XML element of a line' }),
  bundles: setting(choice(['components', 'products']), {
    default: 'components',
    description: 'whether the rows of a bundle are its components, or the bundle itself',
  }),
}

const own = {
  hostKey: setting(
    list(text({ pattern: /SHA256:[A-Za-z0-9+/]{43}/, expected: 'a fingerprint' }), 'fingerprints SHA256:…'),
    {
      default: [],
      defaultText: 'none: nothing is sent, and the error names the key of the server',
      description: "fingerprints of the SFTP server's host keys",
    },
  ),
  encryption: setting(choice(['explicit', 'implicit', 'none']), {
    default: 'explicit',
    description:
      'of an FTP server, or of a mail server with imap://: TLS after a command, TLS from the first byte (an old way), or none, with which passwords and orders can be read on their way',
  }),
  ...s3Settings,
  ...mailSettings,
  timeoutSeconds: setting(whole({ minimum: 1, maximum: 9_999 }), {
    default: 300,
    description: 'maximum seconds of one visit to the server',
  }),
}

export const settings = {
  ...own,
  ...prefixed('inventory', inventory),
  ...prefixed('products', products),
  ...prefixed('prices', prices),
  ...prefixed('images', images),
  ...prefixed('fulfilments', fulfilments),
  ...prefixed('acknowledgements', acknowledgements),
  ...prefixed('orders', orders),
}

export type FilesValues = ValuesOf<typeof settings>
export type InventoryValues = ValuesOf<typeof inventory>
export type ProductsValues = ValuesOf<typeof products>
export type PricesValues = ValuesOf<typeof prices>
export type ImagesValues = ValuesOf<typeof images>
export type FulfilmentsValues = ValuesOf<typeof fulfilments>
export type OrdersValues = ValuesOf<typeof orders>
/** Settings that all files that are read have. */
export type IncomingValues = ValuesOf<ReturnType<typeof incoming>>

export const inventoryOf = (values: FilesValues): InventoryValues => under(values, 'inventory', inventory)
export const productsOf = (values: FilesValues): ProductsValues => under(values, 'products', products)
export const pricesOf = (values: FilesValues): PricesValues => under(values, 'prices', prices)
export const imagesOf = (values: FilesValues): ImagesValues => under(values, 'images', images)
export const fulfilmentsOf = (values: FilesValues): FulfilmentsValues => under(values, 'fulfilments', fulfilments)
export const acknowledgementsOf = (values: FilesValues): FulfilmentsValues =>
  under(values, 'acknowledgements', acknowledgements)
export const ordersOf = (values: FilesValues): OrdersValues => under(values, 'orders', orders)

export const secrets = {
  ways: [
    { username: 'user of the SFTP, FTP, web or mail server', password: 'its password' },
    { username: 'user of the SFTP server', key: 'its private key, in the form of OpenSSH or PEM' },
    { token: 'token of a web server, sent as Bearer' },
    { accessKeyId: 'access key id of a user of S3', secretAccessKey: 'its secret access key' },
    {},
  ],
  optional: {
    passphrase: 'passphrase of the private key',
    ca: "certificate (PEM) that an FTP or mail server's is checked against",
  },
  headers: true,
} as const

export function addressProblem(address: string): string | null {
  if (!URL.canParse(address)) {
    return 'must be sftp://host/folder, ftps://host/folder, https://host/folder, s3://bucket/folder, imaps://host/ or folder:///'
  }
  const { protocol, host, username, password, search, hash, pathname } = new URL(address)
  if (username !== '' || password !== '') {
    return 'contains a user name or password; set them as the secrets username and password'
  }
  if (isWeb(address) && search !== '') return 'must have no query; set a key as the secret token or header.<Name>'
  if (search !== '' || hash !== '') return 'must end with the folder'
  const path = decoded(pathname)
  if (path === null) return 'must have a path that can be decoded: write % as %25'
  if (/[\\\0]/.test(path)) return 'must have a path without backslashes'
  if (path.split('/').includes('..')) return 'must not contain ..'
  if (/^(sftp|ftps?|imaps?):$/.test(protocol) && host === '') return `must name the host: ${protocol}//host/folder`
  return isBucket(address) ? bucketProblem(host) : null
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

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
  const changed = Object.entries<Setting<unknown>>(prefixed('orders', orders)).find(([name, one]) => {
    const usual = one.read(undefined)
    return usual.ok && JSON.stringify(given[name]) !== JSON.stringify(usual.value)
  })
  const unwritten = 'can not be set: orders are not written into a mailbox; send them by a system of type mailbox'
  return [
    ...mailProblems(address, values, { incoming: incomingOf(values), encryption: values.encryption }),
    ...(changed === undefined ? [] : [{ name: changed[0], problem: unwritten }]),
  ]
}

export function isWeb(address: string): boolean {
  return /^https?:/i.test(address)
}

/** The entities that are read, with what the settings say about their files. */
export function incomingOf(values: FilesValues): readonly (readonly [string, IncomingValues])[] {
  return [
    ['inventory', inventoryOf(values)],
    ['products', productsOf(values)],
    ['prices', pricesOf(values)],
    ['images', imagesOf(values)],
    ['fulfilments', fulfilmentsOf(values)],
    ['acknowledgements', acknowledgementsOf(values)],
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

type Prefixed<P extends string, S extends Settings> = { [Name in keyof S & string as `${P}.${Name}`]: S[Name] }

function prefixed<P extends string, S extends Settings>(prefix: P, declared: S): Prefixed<P, S> {
  const entries = Object.entries<Setting<unknown>>(declared).map(([name, one]) => [`${prefix}.${name}`, one] as const)
  return Object.fromEntries(entries) as Prefixed<P, S>
}

/** The values of the settings with a prefix, without it. */
function under<S extends Settings>(values: object, prefix: string, declared: S): ValuesOf<S> {
  const all = values as Readonly<Record<string, unknown>>
  return Object.fromEntries(Object.keys(declared).map((name) => [name, all[`${prefix}.${name}`]])) as ValuesOf<S>
}
