import { command, list, text } from '../command.ts'
import { json } from './shared-options.ts'

export const init = command({
  name: 'init',
  summary: 'write a first configuration: shop, vendor, connection, mapping, tests',
  takes: '<dir>',
  about: `Writes into an empty folder: a shop, a vendor, the connection between them, a mapping to start from, its tests, and
.env.example with the names of the secrets. What no option says is asked for.

docs/tutorial/first-connection.md goes from here to the first order.`,
  options: {
    shop: text('type', 'type of the shop; one that is unknown lists them all'),
    shopId: text('id', 'id of the shop (default: shop)'),
    shopAddress: text('url', 'where it is, or env:NAME of a variable that says so'),
    shopSignIn: text('secret', 'a secret of the way to sign in, where there are several, such as bearer'),
    vendor: text('type', "type of the vendor's ERP; one that is unknown lists them all"),
    vendorId: text('id', 'id of the vendor (default: vendor)'),
    vendorAddress: text('url', 'where its ERP is'),
    vendorSignIn: text('secret', 'the same for the vendor, such as tokenId'),
    connection: text('id', 'id of the connection (default: <shop-id>-<vendor-id>)'),
    skuPattern: text('regex', "the vendor's SKUs (default: those in the vendor's feed of products)"),
    ordersFrom: text('time', 'orders placed before it are not read (default: now)'),
    set: list('where.name=value', 'a setting that the type needs, such as vendor.account=1234567; may be repeated'),
    json,
  },
  examples: ['waldstream init my-config', 'waldstream init my-config --shop-id my-shop --vendor-id acme'],
})
