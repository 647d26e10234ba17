import { describe, expect, it } from 'vitest'
import { systemOf } from '../../../worlds/sources.ts'

const valid = (settings: Readonly<Record<string, unknown>>, address = 'sftp://sftp.acme.example/out') =>
  systemOf({ id: 'acme', type: 'files', address, settings })

const COLUMNS = ['PO No=reference', 'Item=sku', 'Q=quantity']

describe('a vendor that exchanges files', () => {
  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      'an unknown format',
      { 'inventory.format': 'pdf' },
      /inventory.format must be one of csv, jsonl, json, xml, fixed, xlsx/,
    ],
    ['no places of columns', { 'inventory.format': 'fixed' }, /inventory.fields is missing; it must say where the col/],
    [
      'a column without a place',
      { 'inventory.format': 'fixed', 'inventory.fields': { sku: '1+8' } },
      /inventory.fields must have the column quantity/,
    ],
    [
      'a wrong place',
      { 'inventory.fields': { sku: '0+8' } },
      /inventory.fields must be a map of columns and their first/,
    ],
    ['a sheet in CSV', { 'inventory.sheet': 'Stock' }, /inventory.sheet is for the format xlsx; remove it/],
    ['a path of rows in CSV', { 'inventory.rows': 'items' }, /inventory.rows is for the format json or xml; remove it/],
    [
      'a pattern without an order',
      { 'inventory.files': '{dd}.csv' },
      /inventory.files must be a name of files such as/,
    ],
    [
      'a way out of its folder',
      { 'inventory.folder': '../other' },
      /inventory.folder must be a folder below the address/,
    ],
    ['an unknown setting', { 'inventory.colums.sku': 'x' }, /inventory.colums.sku .*inventory.columns.sku/],
    ['words without a number', { 'inventory.quantities': { many: 'lots' } }, /must have a number for each text/],
    [
      'one sign for two things',
      { 'inventory.decimal': ',', 'inventory.thousands': ',' },
      /must differ from inventory.decimal/,
    ],
    [
      'two forms of locations',
      { 'inventory.locations': { E: 'EAST' }, 'inventory.columns.location': 'x' },
      /exclude each other/,
    ],
    [
      'one name for all orders',
      { 'orders.file': 'order-{number}.csv' },
      /must contain \{reference\}, so that each order/,
    ],
    ['an unknown part of a name', { 'orders.file': '{reference}-{time}.csv' }, /has the unknown part \{time\}/],
    [
      'columns without quantities',
      { 'orders.columns': ['PO=reference', 'Item=sku'] },
      /must have a column for quantity/,
    ],
    [
      'a column that is no name of an element',
      { 'orders.format': 'xml', 'orders.columns': COLUMNS },
      /orders.columns has the name "PO No"/,
    ],
    [
      'an element with a colon',
      { 'orders.format': 'xml', 'orders.names.line': 'a:b' },
      /orders.names.line has the name "a:b"/,
    ],
    [
      'lines in place of a column',
      { 'orders.format': 'json', 'orders.names.lines': 'currency' },
      /orders.names.lines must differ from the/,
    ],
    [
      'orders without places',
      { 'orders.format': 'fixed', 'orders.columns': COLUMNS },
      /orders.places is missing; it must say/,
    ],
    [
      'places on top of each other',
      {
        'orders.format': 'fixed',
        'orders.columns': COLUMNS,
        'orders.places': { 'PO No': '1+9', Item: '9+2', Q: '12+1' },
      },
      /orders.places has PO No and Item at the same characters/,
    ],
    [
      'a place without a column',
      {
        'orders.format': 'fixed',
        'orders.columns': COLUMNS,
        'orders.places': { 'PO No': '1+9', Item: '10+2', Q: '12+1', X: '20+1' },
      },
      /orders.places has X, which is no column/,
    ],
    [
      'a wrong place of an order',
      { 'orders.places': { A: '1+2 centre' } },
      /orders.places must be a map of columns and their places/,
    ],
    ['places in CSV', { 'orders.places': { A: '1+2' } }, /orders.places is for the format fixed; remove it/],
    [
      'changes without a version',
      { 'orders.changes.file': 'C-{reference}.csv' },
      /orders.changes.file must contain \{version\}/,
    ],
    [
      'an order with a version',
      { 'orders.file': '{reference}-{version}.csv' },
      /orders.file has the unknown part \{version\}/,
    ],
    [
      'changes that are named as orders',
      { 'orders.changes.file': '{reference}-{version}.csv' },
      /orders.changes.file must begin with other letters than orders.file/,
    ],
    [
      'cancellations that are named as orders',
      { 'orders.file': 'PO-{reference}.csv', 'orders.cancellations.file': 'PO-{reference}.txt' },
      /orders.cancellations.file must begin with other letters/,
    ],
    [
      'a cancellation with lines',
      { 'orders.cancellations.columns': ['PO=reference', 'Item=sku'] },
      /orders.cancellations.columns has the field sku, but a cancellation is of the order as a whole/,
    ],
    ['a status without words', { 'fulfilments.columns.status': 'S' }, /fulfilments.kinds is missing; it must say/],
    [
      'words without a status',
      { 'fulfilments.kinds': { a: 'shipment' } },
      /fulfilments.kinds needs fulfilments.columns.status/,
    ],
    [
      'an unknown kind',
      { 'fulfilments.columns.status': 'S', 'fulfilments.kinds': { a: 'sent' } },
      /fulfilments.kinds must have one of shipment, cancellation, closure, confirmation, ignored for each word; a has sent/,
    ],
    ['shipments of whole orders', { 'fulfilments.about': 'orders' }, /fulfilments.about must be lines: shipments have/],
    ['columns without the order', { 'orders.columns': ['Item=sku', 'Q=quantity'] }, /must have a column for reference/],
    [
      'an unknown field',
      { 'orders.columns': ['PO=reference', 'Item=skus', 'Q=quantity'] },
      /the field skus, .*did you mean sku/,
    ],
    [
      'a map of columns, which has no order',
      { 'orders.columns': { PO: 'reference' } },
      /orders.columns must be a list of columns/,
    ],
    [
      'one column for two fields',
      { 'orders.columns': ['A=sku', 'A=reference'] },
      /orders.columns must be a list of columns/,
    ],
    ['a fingerprint of another kind', { hostKey: 'MD5:00:11' }, /hostKey must be a list of fingerprints SHA256/],
  ])('is refused with %s', (_, settings, message) => {
    expect(() => valid(settings)).toThrow(message)
  })

  it.each([
    [
      'smb://files.acme.example/',
      /address must be an http\(s\), sftp, ftp\(s\), imap\(s\), s3, folder or mailto address/,
    ],
    ['ftp://files.acme.example/', /encryption must be none for an address with ftp:\/\//],
    ['https://user:secret@host/', /contains a user name or password/],
    ['https://host/a?token=x', /must have no query; set a key as the secret token or header.<Name>/],
    ['sftp://user:secret@host/', /contains a user name or password/],
    ['sftp://host/a/../b?c', /must end with the folder/],
    ['folder://etc/passwd', /folder/],
    ['folder:///..%2Fother', /address must not contain \.\./],
    ['folder:///%2e%2e%2Fother', /address must not contain \.\./],
    ['sftp://host/out%2F..%2F..', /address must not contain \.\./],
    ['folder:///..%5Cother', /a path without backslashes/],
    ['folder:///%E0', /a path that can be decoded/],
  ])('is refused at %s', (address, message) => {
    expect(() => valid({}, address)).toThrow(message)
  })

  it.each([
    [{ 'inventory.files': 'stock-*.csv' }, /inventory.files must be one name such as stock.csv: HTTP has no list/],
    [{ 'prices.files': '{yyyy}.csv' }, /prices.files must be one name/],
    [{ 'products.after': 'move' }, /products.after must be keep: HTTP can neither move/],
    [{ 'fulfilments.after': 'delete' }, /fulfilments.after must be keep/],
  ])('is refused over HTTP with %j', (settings, message) => {
    expect(() => valid(settings, 'https://files.acme.example/out')).toThrow(message)
    expect(valid(settings).type).toBe('files')
  })

  it('is valid over FTP with TLS, or without it by its own word', () => {
    expect(valid({}, 'ftps://files.acme.example/out').type).toBe('files')
    expect(valid({ encryption: 'none' }, 'ftp://files.acme.example/out').type).toBe('files')
    expect(() => valid({ encryption: 'none' }, 'ftps://files.acme.example/out')).toThrow(/must be explicit or implicit/)
    expect(valid({ encryption: 'implicit' }, 'ftps://files.acme.example:990/out').type).toBe('files')
    // The rules of the network know ports by the address.
    expect(() => valid({ encryption: 'implicit' }, 'ftps://files.acme.example/out')).toThrow(
      /encryption implicit needs the port/,
    )
  })

  it('is valid over HTTP with one name', () => {
    const settings = { 'inventory.files': 'stock.csv', 'inventory.complete': 'marker' }
    expect(valid(settings, 'https://files.acme.example/out').type).toBe('files')
  })

  it('is valid in a bucket of a region, of AWS or a compatible service', () => {
    expect(valid({ region: 'eu-central-1' }, 's3://acme-exchange/out').type).toBe('files')
    const compatible = { region: 'us-east-1', endpoint: 'https://s3.acme.example:9000' }
    expect(valid(compatible, 's3://acme.exchange').type).toBe('files')
  })

  it.each([
    ['s3://acme-exchange/out', {}, /region must be set for an address with s3:/],
    ['s3://Acme/out', { region: 'x-1' }, /address must name the bucket in lower case/],
    ['s3://acme:443/out', { region: 'x-1' }, /address must name the bucket in lower case, without a port/],
    ['s3://a--x-s3/out', { region: 'x-1' }, /a directory bucket, which is not supported/],
    ['s3://acme-exchange/a/../b?x=1', { region: 'x-1' }, /address must end with the folder/],
    [
      's3://acme-exchange',
      { region: 'x-1', endpoint: 'https://user@s3.example' },
      /endpoint must be an address such as/,
    ],
    [
      's3://acme-exchange',
      { region: 'x-1', endpoint: 'https://s3.example/bucket' },
      /endpoint must be an address such/,
    ],
    ['s3://acme-exchange', { region: 'x.example/' }, /region must be a region/],
  ])('is refused in a bucket: %s with %j', (address, settings, message) => {
    expect(() => valid(settings, address)).toThrow(message)
  })

  it('is valid in a mailbox of known senders', () => {
    const settings = { 'mail.senders': ['stock@acme.example', '@acme.example'], 'mail.subject': 'Stock *' }
    expect(valid({ ...settings, 'inventory.folder': 'INBOX' }, 'imaps://mail.shop.example/').type).toBe('files')
    expect(valid({ ...settings, encryption: 'explicit' }, 'imap://mail.shop.example/').type).toBe('files')
    const shared = { 'inventory.folder': 'INBOX', 'prices.folder': 'INBOX' }
    expect(valid({ ...settings, ...shared }, 'imaps://mail.shop.example/').type).toBe('files')
  })

  it.each([
    [{ 'mail.senders': [] }, /mail.senders must be set for a mailbox, because anybody can write to it/],
    [{ 'mail.senders': 'acme' }, /mail.senders must be/],
    [{ encryption: 'none' }, /encryption must not be none for an address with imaps:/],
    [{ 'inventory.complete': 'marker' }, /inventory.complete must not be marker: an attachment has none/],
    [
      { 'inventory.folder': 'INBOX', 'prices.folder': 'INBOX', 'prices.after': 'move' },
      /prices.after must be keep, or inventory have another folder: a message moves as a whole/,
    ],
    [{ 'orders.file': 'PO-{reference}.csv' }, /orders.file can not be set: .* by a system of type mailbox/],
    [{ 'orders.columns': ['Order=reference'] }, /orders.columns can not be set/],
  ])('is refused in a mailbox with %j', (settings, message) => {
    expect(() => valid({ 'mail.senders': '@acme.example', ...settings }, 'imaps://mail.shop.example/')).toThrow(message)
  })

  it('is valid in its own folder, and with what has a default', () => {
    expect(valid({}, 'folder:///').type).toBe('files')
    expect(valid({}).type).toBe('files')
    const locations = { 'inventory.locations': { East: 'EAST' } }
    const fields = { 'inventory.format': 'fixed', 'inventory.fields': 'SKU=1+8,East=9+4', ...locations }
    expect(valid(fields).type).toBe('files')
  })
})
