import { choice, setting } from '../../configuration/setting.ts'
import type { Entity } from '../../events/topics.ts'
import { type ConfiguredSystem, filterOf, settingError } from '../kit/configured-system.ts'
import { roles } from '../kit/gallery-rows.ts'
import { defineSystem } from '../system.ts'
import { addressProblem } from './address-problem.ts'
import { createFilesClient } from './client.ts'
import { filesOf } from './name-pattern.ts'
import { quantityReader } from './quantities.ts'
import { type FileReading, readFiles } from './read-files.ts'
import { fulfilmentMeaning } from './read-fulfilments.ts'
import { type ImageColumns, imageMeaning } from './read-images.ts'
import { stockMeaning } from './read-inventory.ts'
import { priceMeaning } from './read-prices.ts'
import { productMeaning } from './read-products.ts'
import { endingOf, rowSource } from './row-format.ts'
import { sampleFiles } from './sample/sample-files.ts'
import { settingProblems } from './setting-problems.ts'
import {
  acknowledgementsOf,
  type FilesValues,
  fulfilmentsOf,
  type ImagesValues,
  type IncomingValues,
  type InventoryValues,
  imagesOf,
  inventoryOf,
  ordersOf,
  pricesOf,
  productsOf,
  secrets,
  settings,
} from './settings.ts'
import { orderFields, writeFileOrders } from './write-orders.ts'

const NO_SESSION = 'every visit signs in anew'
const NO_NOTICES = 'files are looked for by schedule; there are no notifications'

/** `filter` of reads of fulfilments. */
const fulfilmentFilter = {
  files: setting(choice(['fulfilments', 'acknowledgements']), {
    default: 'fulfilments',
    description: 'which files are read: those of the settings fulfilments.… or acknowledgements.…',
  }),
}

/** A vendor without an API: files in, files out. */
export const files = defineSystem({
  type: 'files',
  title: 'Files',
  secrets,
  settings,
  limits: { concurrency: 2 },
  schemes: ['sftp', 'ftps', 'ftp', 'https', 'http', 's3', 'imaps', 'imap', 'folder'],
  addressProblem,
  settingProblems,
  connect: createFilesClient,
  clientFor: (client, kind) => client.for(kind),
  sources: {
    inventory: {
      filter: {},
      open: ({ client, read, clock, notes, system }) =>
        readFiles(stockReading(system.settings), { client, read, clock, notes }),
    },
    products: {
      filter: {},
      open: ({ client, read, clock, notes, system }) =>
        readFiles(productReading(system.settings), { client, read, clock, notes }),
    },
    prices: {
      filter: {},
      open: ({ client, read, clock, notes, system }) =>
        readFiles(priceReading(system.settings, system.zone), { client, read, clock, notes }),
    },
    images: {
      filter: {},
      open: ({ client, read, clock, notes, system }) =>
        readFiles(imageReading(system.settings), { client, read, clock, notes }),
    },
    fulfilments: {
      filter: fulfilmentFilter,
      open: ({ client, read, clock, notes, system }) =>
        readFiles(fulfilmentReading(system, filterOf(fulfilmentFilter, read).files), { client, read, clock, notes }),
    },
  },
  sinks: {
    'vendor-orders': ({ client, system }) => writeFileOrders(client, ordersOf(system.settings)),
  },
  proposeSettings: sampleFiles,
  orderFields: () => orderFields,
  faultRows: {
    files: {
      'rate-limited': 'SFTP, FTP and folders do not throttle calls',
      'rate-limited-silently': 'SFTP, FTP and folders do not throttle calls',
      'gateway-page': 'there is no gateway in front of SFTP, FTP or a folder',
      'expired-login': NO_SESSION,
      'past-the-end': 'files have no pages',
      'notice-twice': NO_NOTICES,
      'notices-out-of-order': NO_NOTICES,
      'other-zone': 'modification times are in UTC, and dates in names are only compared with each other',
    },
    'files-http': {
      'expired-login': 'every request signs in anew',
      'past-the-end': 'files have no pages',
      'notice-twice': NO_NOTICES,
      'notices-out-of-order': NO_NOTICES,
      'other-zone': 'HTTP dates are in GMT',
    },
    'files-mail': {
      'gateway-page': 'there is no gateway in front of a mail server',
      'expired-login': NO_SESSION,
      'past-the-end': 'files have no pages',
      'notice-twice': NO_NOTICES,
      'notices-out-of-order': NO_NOTICES,
      'other-zone': 'times of messages have their zone',
    },
    'files-s3': {
      'expired-login': 'every request is signed anew',
      'past-the-end': 'a list goes on after a key, whether or not it is still there',
      'notice-twice': NO_NOTICES,
      'notices-out-of-order': NO_NOTICES,
      'other-zone': 'its times are in UTC',
    },
  },
})

/** How stock files are read by these settings. */
export function stockReading(values: FilesValues): FileReading<'inventory'> {
  const stock = inventoryOf(values)
  return {
    ...readingOf('inventory', stock),
    ...fullOrDelta(stock),
    meaning: stockMeaning(
      {
        sku: stock['columns.sku'],
        quantity: stock['columns.quantity'],
        onHand: stock['columns.on_hand'],
        location: stock['columns.location'],
        locations: stock.locations ?? new Map(),
        onlyLocation: stock.location,
      },
      quantityReader({ decimal: stock.decimal, thousands: stock.thousands, words: stock.quantities ?? new Map() }),
    ),
  }
}

function productReading(values: FilesValues): FileReading<'products'> {
  const product = productsOf(values)
  return {
    ...readingOf('products', product),
    ...fullOrDelta(product),
    meaning: productMeaning(
      {
        sku: product['columns.sku'],
        name: product['columns.name'],
        barcode: product['columns.barcode'],
        manufacturer: product['columns.manufacturer'],
        parent: product['columns.parent'],
        weight: product['columns.weight'],
        weightUnit: product.weightUnit,
      },
      quantityReader({ decimal: product.decimal, thousands: product.thousands, words: new Map() }),
    ),
  }
}

function priceReading(values: FilesValues, zone: string): FileReading<'prices'> {
  const price = pricesOf(values)
  return {
    ...readingOf('prices', price),
    ...fullOrDelta(price),
    meaning: priceMeaning(
      {
        sku: price['columns.sku'],
        price: price['columns.price'],
        level: price['columns.level'],
        currency: price['columns.currency'],
        quantity: price['columns.quantity'],
        validFrom: price['columns.valid_from'],
        validTo: price['columns.valid_to'],
        cost: price['columns.cost'],
      },
      { onlyLevel: price.level, currency: price.currency, dates: price.dates, zone },
      quantityReader({ decimal: price.decimal, thousands: price.thousands, words: new Map() }),
    ),
  }
}

function imageReading(values: FilesValues): FileReading<'images'> {
  const image = imagesOf(values)
  return {
    ...readingOf('images', image),
    ...fullOrDelta(image),
    meaning: imageMeaning(imageColumnsOf(image), image.separator),
  }
}

function imageColumnsOf(image: ImagesValues): ImageColumns {
  const ofRoles = roles.flatMap((role) => {
    const column = image[`columns.${role}`]
    return column === null ? [] : [[role, [column]] as const]
  })
  const others = (['position', 'label', 'role', 'media_type'] as const).flatMap((name) => {
    const column = image[`columns.${name}`]
    return column === null ? [] : [[name, [column]] as const]
  })
  const url = image['columns.url'] ?? (ofRoles.length === 0 ? ['url'] : [])
  return { sku: image['columns.sku'], url, ...Object.fromEntries([...others, ...ofRoles]) }
}

/** Shipments are never gone: each file adds to the ones before. `of`: prefix of the settings of its files. */
function fulfilmentReading(
  system: ConfiguredSystem<FilesValues>,
  of: 'fulfilments' | 'acknowledgements',
): FileReading<'fulfilments'> {
  const shipped = of === 'fulfilments' ? fulfilmentsOf(system.settings) : acknowledgementsOf(system.settings)
  if (shipped['columns.status'] !== null && shipped.kinds === null) {
    throw settingError(
      system,
      'files',
      `settings.${of}.kinds`,
      'is missing; it must say what the words of the status mean',
    )
  }
  return {
    ...readingOf('fulfilments', shipped, of),
    isFull: false,
    mostGone: 1,
    meaning: fulfilmentMeaning({
      columns: {
        order: shipped['columns.order'],
        sku: shipped['columns.sku'],
        quantity: shipped['columns.quantity'],
        tracking: shipped['columns.tracking'],
        carrier: shipped['columns.carrier'],
        shipment: shipped['columns.shipment'],
        reason: shipped['columns.reason'],
      },
      quantityOf: quantityReader({ decimal: shipped.decimal, thousands: shipped.thousands, words: new Map() }),
      status: { column: shipped['columns.status'], kinds: shipped.kinds ?? new Map() },
      about: shipped.about,
      connection: shipped.connection,
    }),
  }
}

function readingOf<E extends Entity>(entity: E, values: IncomingValues, settingsOf: string = entity) {
  return {
    entity,
    folder: values.folder,
    arrival: {
      files: values.files ?? filesOf(endingOf(values.format)),
      complete: values.complete,
      marker: values.marker,
    },
    stableMs: values.stableSeconds * 1000,
    after: values.after,
    archive: values.archive,
    form: {
      rows: rowSource(values, settingsOf),
      mostOdd: values.mostOddPercent / 100,
      settingsOf,
    },
  }
}

function fullOrDelta({ mode, mostGonePercent }: Pick<InventoryValues, 'mode' | 'mostGonePercent'>) {
  return { isFull: mode === 'full', mostGone: mostGonePercent / 100 }
}
