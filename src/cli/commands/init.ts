import { command, list, text } from '../command.ts'
import { json } from './shared-options.ts'

export const init = command({
  name: 'init',
  summary: 'write a first configuration: shop, vendor, connection, mapping, tests',
  takes: '<dir>',
  about: `Writes into an empty folder: a shop, a vendor, the connection between them, a mapping to start from, its tests, and
.env.example with the names of the secrets. Asks for values that no option gives.

docs/tutorial/first-connection.md leads from here to the first order.`,
  options: {
    shop: text('type', 'type of the shop; an unknown type lists all types'),
    shopId: text('id', 'id of the shop (default: shop)'),
    shopAddress: text('url', 'its address, or env:NAME of a variable with the address'),
    shopSignIn: text('secret', 'a secret that selects one of several ways to sign in, such as bearer'),
    vendor: text('type', "type of the vendor's ERP; an unknown type lists all types"),
    vendorId: text('id', 'id of the vendor (default: vendor)'),
    vendorAddress: text('url', 'address of its ERP'),
    vendorSignIn: text('secret', 'the same for the vendor, such as tokenId'),
    connection: text('id', 'id of the connection (default: <shop-id>-<vendor-id>)'),
    skuPattern: text('regex', "the vendor's SKUs (default: those in the vendor's feed of products)"),
    ordersFrom: text('time', 'orders placed earlier are not read (default: now)'),
    set: list('where.name=value', 'a setting that the type needs, such as vendor.account=1234567; may be repeated'),
    json,
  },
  examples: ['waldstream init my-config', 'waldstream init my-config --shop-id my-shop --vendor-id acme'],
})
