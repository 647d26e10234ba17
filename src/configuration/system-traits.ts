import type { Entity } from '../events/topics.ts'
import type { SystemType } from './model.ts'

/** What a type of system needs in the configuration and what can be read from it. */
export interface SystemTraits {
  /** Sets of secrets; one of them must be there whole. */
  readonly secrets: readonly (readonly string[])[]
  /** Whether secrets `header.<Name>` may be there besides: headers that its requests have. */
  readonly headerSecrets?: true
  readonly settings: readonly string[]
  /** Settings that may be there. */
  readonly optionalSettings: readonly string[]
  readonly entities: readonly Entity[]
  /** Fields of its orders that are written by the sink, and by no rule. */
  readonly orderFields: readonly string[]
}

/** Any system may have it: what its webhooks are signed with. */
export const WEBHOOK_SECRET = 'webhook'

/** A secret that is a header, where its type takes them; not those that say how the request itself is sent. */
export const HEADER_SECRET =
  /^header\.(?!(?:host|content-length|connection|transfer-encoding|accept-encoding)$)[\w!#$%&'*+.^`|~-]+$/i

export const systemTraits: Readonly<Record<SystemType, SystemTraits>> = {
  magento2: {
    secrets: [
      ['consumerKey', 'consumerSecret', 'accessToken', 'accessTokenSecret'],
      ['bearer'],
      ['username', 'password'],
    ],
    settings: [],
    optionalSettings: ['storeCode', 'storeView', 'importedMediaPrefix', 'attributeSet', 'allowPrivateAddresses'],
    entities: ['orders', 'products', 'inventory', 'images'],
    orderFields: [],
  },
  netsuite: {
    secrets: [
      ['clientId', 'certificateId', 'privateKey'],
      ['consumerKey', 'consumerSecret', 'tokenId', 'tokenSecret'],
    ],
    settings: ['account'],
    optionalSettings: [
      ...['itemColumns', 'extraItemColumns', 'currency', 'basePriceLevel', 'subsidiary'],
      ...['language', 'kitMembers', 'shipmentLink', 'customPriceLevel', 'discountItem'],
    ],
    entities: ['products', 'inventory', 'fulfilments'],
    orderFields: [
      ...['entity', 'externalId', 'item', 'tranDate', 'otherRefNum', 'email', 'billingAddress', 'shippingAddress'],
      ...['shippingCost', 'shipMethod', 'location', 'discountTotal', 'taxTotal', 'custbody_waldstream_digest'],
      ...['line.item', 'line.line', 'line.quantity', 'line.rate', 'line.amount', 'line.isClosed'],
      'line.custcol_waldstream_line',
    ],
  },
  'sap-b1': {
    secrets: [
      ['username', 'password'],
      ['username', 'password', 'ca'],
    ],
    settings: ['companyDb'],
    optionalSettings: [
      ...['version', 'language', 'basePriceList', 'extraItemFields', 'currencies', 'digestField', 'lineField'],
      ...[
        'customers',
        'cardCode',
        'customerGroup',
        'taxCode',
        'taxExpenseCode',
        'freightExpenseCode',
        'freightItemCode',
      ],
      'cancelDelivered',
    ],
    entities: ['products', 'inventory', 'fulfilments'],
    orderFields: [
      ...['CardCode', 'NumAtCard', 'DocDate', 'DocDueDate', 'DocCurrency', 'DiscountPercent', 'TransportationCode'],
      ...['AddressExtension', 'DocumentLines', 'DocumentAdditionalExpenses', 'U_WLD_Digest'],
    ],
  },
  bigcommerce: {
    secrets: [['accessToken']],
    settings: ['storeHash'],
    optionalSettings: [
      ...['currency', 'weightUnit', 'defaultLocation', 'closureStatus', 'cancellationStatus', 'webhookTolerance'],
      ...['b2b', 'b2bAddress', 'b2bPerMinute', 'b2bSortBy'],
    ],
    entities: ['orders', 'products', 'inventory', 'images'],
    orderFields: [],
  },
  sqs: {
    secrets: [['accessKeyId', 'secretAccessKey'], []],
    settings: ['region'],
    optionalSettings: [
      ...['ordersQueue', 'productsQueue', 'inventoryQueue', 'imagesQueue'],
      ...['currency', 'visibilitySeconds', 'quietSeconds'],
    ],
    entities: ['orders', 'products', 'inventory', 'images'],
    orderFields: [],
  },
  'image-feed': {
    secrets: [[], ['username', 'password']],
    headerSecrets: true,
    settings: [],
    optionalSettings: [
      ...['path', 'format', 'encoding', 'delimiter', 'quote', 'lastLineBreak', 'items', 'separator'],
      ...['columns.sku', 'columns.url', 'columns.position', 'columns.label', 'columns.role', 'columns.media_type'],
      ...['columns.image', 'columns.small_image', 'columns.thumbnail', 'columns.swatch_image'],
      ...['checkLinks', 'allowPrivateAddresses', 'timeoutSeconds'],
    ],
    entities: ['images'],
    orderFields: [],
  },
}

/** Its reads take messages away: there is no time to begin at, nothing to list, and a request may name the queue. */
export function isQueue(type: SystemType): boolean {
  return type === 'sqs'
}
