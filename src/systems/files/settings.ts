import {
  choice,
  flag,
  list,
  pairs,
  type Setting,
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
import { dateForms } from './file-dates.ts'
import { mailSettings } from './mail-settings.ts'
import { namePattern } from './name-pattern.ts'
import { orderFormats } from './order-format.ts'
import { orderPlaces } from './order-places.ts'
import { decimalSigns, thousandsSigns } from './quantities.ts'
import { rowFormats } from './row-format.ts'
import { s3Settings } from './s3-settings.ts'

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
